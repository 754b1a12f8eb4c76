//! Reads who the excluded users are.

use std::collections::BTreeMap;

use super::inspect::{Inspector, user_part};
use crate::devices::{Identity, IdentityCheck};
use crate::error::{Error, Result};
use crate::reads::get_batch;
use crate::status::Status;
use crate::user_id::UserId;

/// After so many failures in a row no more exclusions are read.
const MAX_FAILURES: usize = 3;

/// What the directory answered about an exclusion.
#[derive(Debug)]
pub(super) enum Resolved {
    Found(Identity),
    /// There is no such user.
    Absent,
    /// It could not be read; the error, unless reading is not permitted at all.
    Unknown(Option<Error>),
}

impl Inspector<'_, '_> {
    /// Reads who some users are, several in one batch. Once the directory fails again and again, the others are not read.
    pub(super) fn identify(&mut self, users: &[UserId], at_once: usize) -> Vec<Resolved> {
        let (mut found, mut failed) = (Vec::new(), Vec::new());
        for some in users.chunks(at_once.max(1)) {
            let reads: Vec<_> = some
                .iter()
                .enumerate()
                .filter(|_| some.len() > 1 && failed.len() < MAX_FAILURES && !self.permits.users.is_denied())
                .map(|(at, user)| (user_part(at), Identity::path(user)))
                .collect();
            let answers = get_batch(self.session, &reads).unwrap_or_else(|error| {
                failed.extend(std::iter::repeat_n(error, MAX_FAILURES));
                BTreeMap::new()
            });
            for (at, user) in some.iter().enumerate() {
                if let Some(error) = failed.get(MAX_FAILURES - 1) {
                    found.push(Resolved::Unknown(Some(error.clone())));
                    continue;
                }
                let check = self.identity(user, answers.get(&user_part(at)));
                // One exclusion may be out of the reader's scope. Any other failure the next one would meet, too.
                if let Err(error) = &check
                    && !is_about_one_user(error)
                {
                    failed.push(error.clone());
                }
                let resolved = resolved(check);
                if !matches!(resolved, Resolved::Unknown(_)) {
                    failed.clear();
                }
                found.push(resolved);
            }
        }
        found
    }
}

fn is_about_one_user(error: &Error) -> bool {
    matches!(
        error.status,
        Status::PermissionDenied | Status::UserNotFound | Status::Cancelled
    )
}

fn resolved(check: Result<Option<IdentityCheck>>) -> Resolved {
    match check {
        Ok(Some(IdentityCheck::Confirmed(identity))) => Resolved::Found(identity),
        Ok(Some(IdentityCheck::Renamed(why))) => {
            Resolved::Unknown(Some(Error::new(Status::UnexpectedResponse, why)))
        }
        Ok(None) => Resolved::Unknown(None),
        // A run that was stopped reports nothing about them.
        Err(error) if error.status == Status::Cancelled => Resolved::Unknown(None),
        Err(error) if error.status == Status::UserNotFound => Resolved::Absent,
        Ok(Some(IdentityCheck::Unconfirmed(error))) | Err(error) => Resolved::Unknown(Some(error)),
    }
}
