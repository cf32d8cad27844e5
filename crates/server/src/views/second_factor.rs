use frontdesk_identity::SecondFactor;
use frontdesk_wire::Factor;

/// Ways to prove the second factor, the first of which is the default one.
#[must_use]
pub fn second_factors(offered: &[SecondFactor]) -> Vec<Factor> {
    let factors = offered.iter().enumerate();
    factors
        .map(|(place, factor)| Factor {
            strategy: factor.strategy().as_str().to_owned(),
            default: (place == 0).then_some(true),
            ..Factor::default()
        })
        .collect()
}
