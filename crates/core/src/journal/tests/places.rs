//! Permissions of others on the file of a journal: which are refused, which are removed.
#![cfg(unix)]

use std::fs;

use super::*;

/// Sets the mode of a file, as a copy or an editor may do.
fn of_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;

    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_journal_that_others_may_write_to_is_refused() {
    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    drop(create(&path));
    let before = fs::read(&path).unwrap();
    for mode in [0o666, 0o620, 0o602, 0o622, 0o777] {
        of_mode(&path, mode);
        let refused = format!(
            "others may write to the journal J (mode {mode:04o}), and it decides which users are sent; check that its content is yours, then chmod 600 it"
        );
        assert!(said(load(&path, Retention::All), &path).starts_with(&refused));
        let resumed = said(Journal::resume(&path, &run(), clock(), Retention::All), &path);
        assert!(resumed.starts_with(&refused), "{resumed}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    // An empty file is not begun either.
    let path = folder.holding("");
    of_mode(&path, 0o666);
    assert!(Journal::create(&path, &run(), clock()).is_err());
}

#[test]
fn others_lose_the_permission_to_read_a_journal() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let path = folder.file("leavers.jsonl");
    drop(create(&path));
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    let notice = |mode| {
        format!(
            "others could read the journal {} (mode {mode:04o}); now only its owner can",
            path.display()
        )
    };
    for (before, after) in [(0o644, 0o600), (0o604, 0o600), (0o640, 0o600), (0o611, 0o600)] {
        of_mode(&path, before);
        assert_eq!(resume(&path).1.notice(), Some(&*notice(before)));
        assert_eq!(mode(), after);
        of_mode(&path, before);
        assert_eq!(
            load(&path, Retention::All).unwrap().notice(),
            Some(&*notice(before))
        );
        assert_eq!(mode(), after);
    }
    assert_eq!(resume(&path).1.notice(), None);
}

#[test]
fn a_link_that_another_user_may_have_made_is_refused() {
    let folder = Folder::new();
    let (path, link) = (folder.file("leavers.jsonl"), folder.file("open/link.jsonl"));
    drop(create(&path));
    fs::create_dir(folder.file("open")).unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    drop(resume(&link));
    for mode in [0o777, 0o775, 0o1777] {
        of_mode(&folder.file("open"), mode);
        let refused = "J is a link in a folder that others may write to; pass the path of the journal itself";
        assert_eq!(said(load(&link, Retention::All), &link), refused);
        let resumed = Journal::resume(&link, &run(), clock(), Retention::All);
        assert_eq!(said(resumed, &link), refused);
    }
    // A link is never followed to a new journal.
    of_mode(&folder.file("open"), 0o755);
    fs::write(&path, "").unwrap();
    assert!(Journal::create(&link, &run(), clock()).is_err());
}
