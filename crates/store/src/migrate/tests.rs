use super::*;

#[test]
fn both_databases_have_the_same_schema() {
    for step in STEPS {
        let postgres = step.postgres.replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB");
        let words = |sql: &str| sql.replace(',', " , ").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(step.sqlite), words(&postgres), "step {}", step.version);
    }
}

#[test]
fn steps_are_numbered_from_one() {
    let versions: Vec<i64> = STEPS.iter().map(|step| step.version).collect();
    assert_eq!(versions, (1..).take(STEPS.len()).collect::<Vec<_>>());
}
