//! Two processes on one folder: the changes of both are in the list, whoever writes last.
//!
//! Each knows what it wrote before. What differs from that on disk was changed by the other; what differs from that
//! here was changed here, and wins where both changed the same. What one has taken off stays off. Where each has made an
//! entry for the instance inside the app, since there was none that it could read, theirs stays.

use super::{List, Listed, ListedSlot};

/// The changes of both. `ours` is to be written, `before` is what was written last from here, `theirs` is on disk.
pub(super) fn merged(before: &List, ours: &List, theirs: List) -> List {
    let is_theirs = |listed: &Listed| theirs.instances.iter().any(|other| other.id == listed.id);
    let changed = ours.active != before.active;
    let mut doomed = theirs.doomed;
    doomed.retain(|item| ours.doomed.contains(item) || !before.doomed.contains(item));
    doomed.extend(ours.doomed.iter().filter(|item| !doomed.contains(item)).cloned().collect::<Vec<_>>());
    let mut list = List {
        instances: each(&before.instances, &ours.instances, &theirs.instances, instance),
        active: if changed { ours.active.clone() } else { theirs.active },
        doomed,
        lock: if ours.lock == before.lock { theirs.lock } else { ours.lock },
    };
    list.keep_one_local(is_theirs);
    // Who signs in later in this run does so under the entry that gave way.
    for ours in ours.instances.iter().filter(|ours| ours.local) {
        if of(&list.instances, &ours.id).is_none() {
            list.doom(ours);
        }
    }
    list.active.take_if(|active| of(&list.instances, &active.instance).is_none());
    list
}

fn of<T: Named>(list: &[T], id: &str) -> Option<T> {
    list.iter().find(|listed| listed.id() == id).cloned()
}

fn instance(before: &Listed, ours: &Listed, theirs: Listed) -> Listed {
    let slots = each(
        &before.slots,
        &ours.slots,
        &theirs.slots,
        |before, ours, theirs| {
            if ours == before { theirs } else { ours.clone() }
        },
    );
    let same = Listed { slots: before.slots.clone(), ..ours.clone() } == *before;
    Listed { slots, ..if same { theirs } else { ours.clone() } }
}

trait Named: Clone {
    fn id(&self) -> &str;
}

impl Named for Listed {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Named for ListedSlot {
    fn id(&self) -> &str {
        &self.id
    }
}

/// In our order, what they added last.
fn each<T: Named>(before: &[T], ours: &[T], theirs: &[T], both: impl Fn(&T, &T, T) -> T) -> Vec<T> {
    let here = ours.iter().filter_map(|ours| match (of(before, ours.id()), of(theirs, ours.id())) {
        (Some(before), Some(theirs)) => Some(both(&before, ours, theirs)),
        (Some(_), None) => None,
        (None, _) => Some(ours.clone()),
    });
    let here: Vec<T> = here.collect();
    let added = theirs.iter().filter(|theirs| of(before, theirs.id()).is_none() && of(ours, theirs.id()).is_none());
    here.iter().chain(added).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::AccountKey;

    fn list(ids: &[&str]) -> List {
        let listed = |id: &&str| Listed::new((*id).to_owned(), (*id).to_owned(), None);
        List { instances: ids.iter().map(listed).collect(), ..List::default() }
    }

    fn ids(list: &List) -> Vec<&str> {
        list.instances.iter().map(|listed| listed.id.as_str()).collect()
    }

    #[test]
    fn what_either_added_is_there_and_what_either_took_off_is_not() {
        let (before, ours, theirs) = (list(&["a", "b", "c"]), list(&["c", "a", "ours"]), list(&["b", "c", "theirs"]));
        assert_eq!(ids(&merged(&before, &ours, theirs)), ["c", "ours", "theirs"]);
    }

    #[test]
    fn what_one_changed_stays_and_ours_wins_where_both_did() {
        let before = list(&["a", "b", "c"]);
        let (mut ours, mut theirs) = (before.clone(), before.clone());
        ours.instances[0].slots[0].has_client = true;
        theirs.instances[1].slots[0].has_client = true;
        theirs.instances[1].slots.push(ListedSlot { id: "2".to_owned(), has_client: true });
        "theirs".clone_into(&mut theirs.instances[0].name);
        for (list, name) in [(&mut ours, "ours"), (&mut theirs, "theirs")] {
            name.clone_into(&mut list.instances[2].name);
            list.doomed.push(name.to_owned());
        }
        let merged = merged(&before, &ours, theirs);
        let slots = |place: usize| merged.instances[place].slots.iter().map(|slot| slot.has_client).collect::<Vec<_>>();
        assert_eq!([slots(0), slots(1)], [vec![true], vec![true, true]]);
        let names: Vec<_> = merged.instances.iter().map(|listed| listed.name.as_str()).collect();
        assert_eq!(names, ["theirs", "b", "ours"]);
        assert_eq!(merged.doomed, ["theirs", "ours"]);
    }

    #[test]
    fn of_two_entries_for_the_instance_inside_the_app_theirs_stays() {
        let with_local = |ids: &[&str], local: &str, token: bool| {
            let mut list = list(ids);
            let found = list.instances.iter_mut().find(|listed| listed.id == local).unwrap();
            (found.local, found.slots[0].has_client) = (true, token);
            list
        };
        let account = |instance: &str| AccountKey { instance: instance.to_owned(), session: "sess_1".to_owned() };
        let theirs = List { active: Some(account("b")), ..with_local(&["theirs", "b"], "theirs", true) };
        // The list could not be read at the start, and can be now.
        let ours = with_local(&["ours"], "ours", false);
        let first = merged(&List::default(), &ours, theirs);
        assert_eq!(ids(&first), ["theirs", "b"]);
        assert!(first.instances[0].slots[0].has_client);
        assert_eq!(first.active, Some(account("b")));
        // Somebody signs in under the entry that is not in the list: the next start forgets that.
        let later = List { active: Some(account("ours")), ..with_local(&["ours", "c"], "ours", true) };
        let second = merged(&ours, &later, first);
        assert_eq!(ids(&second), ["c", "theirs", "b"]);
        assert_eq!(second.active, None);
        assert_eq!(second.doomed, ["password/ours", "client/ours/1"]);
    }

    #[test]
    fn what_is_deleted_from_the_keychain_is_not_doomed_any_more() {
        let doomed = |items: &[&str]| List { doomed: items.iter().map(|&it| it.to_owned()).collect(), ..list(&[]) };
        let merged = merged(&doomed(&["a", "b"]), &doomed(&["b"]), doomed(&["a", "b", "c"]));
        assert_eq!(merged.doomed, ["b", "c"]);
    }
}
