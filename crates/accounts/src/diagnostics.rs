//! A text for a report: how keychain and instances stand, without anything secret and without anybody's name.

use std::fmt::Write as _;

use crate::{
    core::Core,
    snapshot::{InstanceKind, InstanceView, Snapshot},
};

impl Core {
    pub(crate) fn diagnostics(&self) -> String {
        describe(&self.snapshots().borrow())
    }
}

fn describe(snapshot: &Snapshot) -> String {
    let mut text = String::new();
    let vault = &snapshot.vault;
    // Writing into a string cannot fail.
    let _ = writeln!(text, "Keychain: {} ({:?})", vault.store, vault.state);
    if let Some(detail) = &vault.detail {
        let _ = writeln!(text, "  {detail}");
    }
    for instance in &snapshot.instances {
        describe_instance(&mut text, instance);
    }
    text
}

fn describe_instance(text: &mut String, instance: &InstanceView) {
    let kind = match instance.kind {
        InstanceKind::Local => "inside the app",
        InstanceKind::Remote => "elsewhere",
    };
    let host = if instance.host.is_empty() { "no address yet" } else { &instance.host };
    let _ = writeln!(text, "Instance {}: {kind}, {host}, {:?}", instance.id, instance.status);
    if let Some(problem) = &instance.problem {
        let trace = problem.trace_id.as_deref().unwrap_or("none");
        // The sentence may name an account; its code does not.
        let _ = writeln!(text, "  problem: {}, trace: {trace}", problem.code);
    }
    let sessions = instance.client.iter().flat_map(|client| &client.sessions);
    let signed_in = sessions.clone().filter(|session| session.is_signed_in()).count();
    let _ = writeln!(text, "  sessions: {}, signed in: {signed_in}", sessions.count());
    if let Some(at) = instance.answered_at {
        let _ = writeln!(text, "  last answer: {at} ms since 1970, its clock {} ms ahead", instance.clock_ahead);
    }
}
