//! Compares user principal names without regard to case.

/// Whether two names are the same in any case of letters. Nothing more is folded: the name that was requested and the name
/// in the answer must be equal, not similar.
pub(crate) fn same(one: &str, another: &str) -> bool {
    lower(one) == lower(another)
}

fn lower(text: &str) -> String {
    // Each letter is folded by itself, so that a sigma at the end of a word does not depend on the letters after it.
    let lower = text.chars().flat_map(char::to_lowercase);
    lower.map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// A name or an object id in the form that is compared with protected users. Similar names count, too: full-width letters
/// equal plain ones, and names with the same capital form are the same (`straße` is `STRASSE`).
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let narrow = text.chars().map(|c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    });
    narrow
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// The name that a guest signs in with, in the home tenant: `bob@fabrikam.com` for `bob_fabrikam.com#EXT#@contoso.com`.
/// Folded, and without a provider in front (`live.com#bob@fabrikam.com`). Any other name is only folded.
pub(crate) fn at_home(name: &str) -> String {
    let name = folded(name);
    if let Some((guest, _)) = name.split_once("#ext#@")
        && let Some((local, domain)) = guest.rsplit_once('_')
    {
        return format!("{local}@{domain}");
    }
    name.strip_prefix("live.com#").unwrap_or(&name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_any_case_and_no_other() {
        for (one, another) in [
            ("adele@contoso.com", "ADELE@Contoso.COM"),
            ("Søren@contoso.com", "sØREN@contoso.com"),
            ("ΟΔΥΣΣΕΥΣ@contoso.com", "οδυσσευς@contoso.com"),
        ] {
            assert!(same(one, another), "{one} {another}");
        }
        for (one, another) in [
            ("adele@contoso.com", "adele@contoso.co"),
            ("weiß@contoso.com", "weiss@contoso.com"),
            ("adıl@contoso.com", "adil@contoso.com"),
            ("adele@contoso.com", ""),
        ] {
            assert!(!same(one, another), "{one} {another}");
        }
    }

    #[test]
    fn similar_names_are_one_where_people_are_protected() {
        for (one, another) in [
            ("weiß@contoso.com", "WEISS@contoso.com"),
            ("WEIẞ@contoso.com", "weiss@contoso.com"),
            ("ｃｅｏ@contoso.com", "CEO@contoso.com"),
            ("ΣΑΣ@contoso.com", "σας@contoso.com"),
        ] {
            assert_eq!(folded(one), folded(another));
        }
        assert_ne!(folded("ceo@contoso.com"), folded("cfo@contoso.com"));
    }

    #[test]
    fn a_guest_is_who_they_are_at_home() {
        for name in [
            "bob_fabrikam.com#EXT#@contoso.com",
            "Bob@Fabrikam.com",
            "live.com#bob@fabrikam.com",
        ] {
            assert_eq!(at_home(name), "bob@fabrikam.com");
        }
        assert_eq!(
            at_home("first_last_fabrikam.com#EXT#@contoso.com"),
            "first_last@fabrikam.com"
        );
        assert_eq!(at_home("a#b@contoso.com"), "a#b@contoso.com");
    }
}
