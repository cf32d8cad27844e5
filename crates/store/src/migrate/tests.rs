use super::*;

#[test]
fn both_databases_have_the_same_schema() {
    for step in STEPS {
        if step.postgres.contains("UNLOGGED") {
            // What several processes count together for a moment. A file has one process.
            assert!(step.sqlite.lines().all(|line| line.starts_with("--")), "step {}", step.version);
            continue;
        }
        let postgres = step.postgres.replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB");
        // SQLite reads JSON from any text, PostgreSQL from its own type.
        let postgres = postgres.replace("document::jsonb", "document");
        let words = |sql: &str| sql.replace(',', " , ").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(step.sqlite), words(&postgres), "step {}", step.version);
    }
}

#[test]
fn steps_are_in_their_order() {
    assert!(STEPS.is_sorted_by(|one, next| one.version < next.version));
}
