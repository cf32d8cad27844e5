-- For the sweep, which looks for clients that nobody has used for long.
CREATE INDEX clients_updated ON clients (updated_at);
