//! The program `frontdesk-server`: serves, tells its keys, shows its outbox, ends when told, and survives what it must.

mod crash;
mod faults;
mod program;
mod serving;
