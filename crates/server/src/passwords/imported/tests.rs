#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;

const PASSWORD: &str = "Lantern and 7 oars";

/// The password as each program keeps it, made with Python's hashlib, bcrypt, passlib, argon2-cffi and cryptography.
const KEPT: &[(&str, &str)] = &[
    ("argon2i", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$mhOK//t0o4bWetRDe3YoATOLSokvIDMinmOv79w0nxM"),
    ("argon2id", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$+UDwwzysw95K9pGRgi6H2J/KB0eAEJ/VFpl5FWqNTyg"),
    ("bcrypt", "$2b$05$F3cHoEDv3plDsgBSgCsb2eMkwwnp2PoYmXhozBXhOOyStCOMhO3rW"),
    ("bcrypt_sha256_django", "bcrypt_sha256$$2b$05$qNkbr.uzZHqaDYoHJiBQeufm7aQYy0I8k3q.tqBhHLEXMtVLiXboq"),
    ("ldap_ssha", "{SSHA}2jkfBg2HPcr4IBmSrtzRr+q1MG5zYWx0c2FsdA=="),
    ("md5", "ab90730b00d485aef7bb1b272d406f5f"),
    ("md5_phpass", "$P$5SeHDVu7pk2kSSXLs6rooM4ot1okGL0"),
    ("pbkdf2_sha1", "pbkdf2_sha1$1000$somesalt$d1a4c6a433d922b09d4917ccd3bc567e1969fcc7f46be951a95980368d6a7fcc"),
    ("pbkdf2_sha1", "pbkdf2_sha1$1000$0a0b0c0d$fb780842a1a1afac15e38301194760021f749998$20"),
    ("pbkdf2_sha256", "pbkdf2_sha256$1000$c29tZXNhbHQ=$mKzac5eyPr9RIRgISldFNnTuKfGKYFYu3c1D78gYHu4="),
    ("pbkdf2_sha256_django", "pbkdf2_sha256$1000$somesalt$mKzac5eyPr9RIRgISldFNnTuKfGKYFYu3c1D78gYHu4="),
    (
        "pbkdf2_sha512",
        "pbkdf2_sha512$1000$somesalt$8a81e7353201d630d6db2af54c5f749a24a77fc85bff89093f23d7b92f8a376fdf52ccb76333bbe9e7\
         5c41118a1fb229af55a788ec43d02251eceed0f623d750",
    ),
    (
        "pbkdf2_sha512_hex",
        "pbkdf2_sha512_hex$1000$0a0b0c0d$bb24c41b2563ea59e90b19211f8c9bd99056dfeb1429f5c9dbd85e9158be353cb54a8b960a55b3\
         626aeaf0c31c422d87d3a9edca27993f7392df3cf4fa1ba897",
    ),
    ("phpass", "$P$5IC1Z.0EEKdgYgaPKvK3iKg/IBPZwz1"),
    (
        "scrypt_firebase",
        "sIg8Oiz8inX+a7NWLDoakh8bJ4WwU1WGumrOA+Nqt8nBDuqoO9cMW7Yvsu1yzcjRjCD+FclQf2X033OptXGLtQ==$42xEC+ixf3L2lw==$\
         jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$Bw==$8$10",
    ),
    (
        "scrypt_werkzeug",
        "scrypt:1024:8:1$somesalt$6aa2daeb580fc6566babf97cd3caaf1b2068481a3e73ea0ee4069745f080d139e9e8f899a96ac6d6464e40\
         d23753578547ce5c4171fb8e4631c2a469ab1956ee",
    ),
    ("sha256", "60c2205e3511b4ffc9b39e29190ac1fd3c9c2d7925a09a6ac1b9612e3eff8aa1"),
    (
        "sha512_symfony",
        "sha512_symfony$5000$somesalt$Sqzx6B24pOzVlKVePt6Gmxf9h0bVG+0d8XJtVMAEOhqQguOmyQmIxSZ8ivdEIwtaN+H3QSwjFaYZau68\
         S+ejBA==",
    ),
];

fn read(hasher: &str, text: &str) -> Option<Imported> {
    Imported::read(Hasher::parse(hasher).unwrap(), text)
}

fn matches(hasher: &str, text: &str, password: &str) -> bool {
    read(hasher, text).unwrap().matches(password, &mut Vec::new())
}

#[test]
fn every_hasher_s_hash_is_known_again_and_no_other_password_is() {
    for (hasher, kept) in KEPT {
        assert!(matches(hasher, kept, PASSWORD), "{hasher}");
        for wrong in ["", "lantern and 7 oars", "Lantern and 7 oars ", "Lantern and 7 oar", "\0"] {
            assert!(!matches(hasher, kept, wrong), "{hasher}: {wrong:?}");
        }
    }
    let there: Vec<_> = Hasher::NAMES.iter().filter(|name| KEPT.iter().all(|(hasher, _)| hasher != *name)).collect();
    assert!(there.is_empty(), "no vector for {there:?}");
}

#[test]
fn vectors_that_others_have_published() {
    // crypt_blowfish's, phpass's, Firebase's own (firebase/scrypt), and the example of Wikipedia on MD5.
    assert!(matches("bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"));
    assert!(matches("phpass", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", "test12345"));
    assert!(matches("md5", "5f4dcc3b5aa765d61d8327deb882cf99", "password"));
    let firebase = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==\
                    $42xEC+ixf3L2lw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9Wm\
                    XA==$Bw==$8$14";
    assert!(matches("scrypt_firebase", firebase, "user1password"));
    let argon2i = "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA";
    assert!(matches("argon2i", argon2i, "password"));
}

#[test]
fn what_is_stored_is_read_again_and_argon2id_is_one_of_ours() {
    for (hasher, kept) in KEPT {
        let stored = read(hasher, kept).unwrap().to_stored();
        match Imported::of_stored(&stored) {
            Some(again) => assert!(again.matches(PASSWORD, &mut Vec::new()), "{hasher}"),
            None => assert_eq!((*hasher, stored.as_str()), ("argon2id", *kept)),
        }
    }
    assert!(Imported::of_stored("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aaaa").is_none());
    assert!(Imported::of_stored("imported:nobody:x").is_none());
}

#[test]
fn what_cannot_be_checked_or_costs_too_much_is_refused_at_once() {
    for (hasher, kept) in KEPT {
        for other in Hasher::NAMES.iter().filter(|other| *other != hasher) {
            let alike = ["phpass", "md5_phpass"];
            let pbkdf2 = ["pbkdf2_sha256", "pbkdf2_sha256_django"];
            let may = |pair: [&str; 2]| pair.contains(hasher) && pair.contains(other);
            assert!(may(alike) || may(pbkdf2) || read(other, kept).is_none(), "{other}: {kept}");
        }
        for broken in [&kept[1..], &kept[..kept.len() - 3], "", "$", "é"] {
            // Not every program's form says how long a salt or hash is.
            let loose = [
                "pbkdf2_sha1",
                "pbkdf2_sha512",
                "pbkdf2_sha512_hex",
                "ldap_ssha",
                "pbkdf2_sha256",
                "argon2i",
                "argon2id",
            ];
            let read = read(hasher, broken);
            assert!(read.is_none() || loose.contains(hasher), "{hasher}: {broken}");
            // The beginning of what PBKDF2 gives is what it gives for a shorter length.
            let other = |read: Imported| hasher.starts_with("pbkdf2") || !read.matches(PASSWORD, &mut Vec::new());
            assert!(read.is_none_or(other), "{hasher}: {broken}");
        }
    }
    for (hasher, dear) in [
        ("bcrypt", "$2b$16$F3cHoEDv3plDsgBSgCsb2eMkwwnp2PoYmXhozBXhOOyStCOMhO3rW"),
        ("argon2i", "$argon2i$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$mhOK//t0o4bWetRDe3YoATOLSokvIDMinmOv79w0nxM"),
        ("pbkdf2_sha256", "pbkdf2_sha256$4000000000$c29tZXNhbHQ=$mKzac5eyPr9RIRgISldFNnTuKfGKYFYu3c1D78gYHu4="),
        ("pbkdf2_sha256", "pbkdf2_sha256$0$c29tZXNhbHQ=$mKzac5eyPr9RIRgISldFNnTuKfGKYFYu3c1D78gYHu4="),
        ("phpass", "$P$TIC1Z.0EEKdgYgaPKvK3iKg/IBPZwz1"),
        ("scrypt_firebase", "sIg8OiyPng==$42xEC+ixf3L2lw==$jxspr8Ki0A==$Bw==$8$40"),
        ("sha512_symfony", &format!("sha512_symfony$9999999$salt${}", KEPT[17].1.rsplit_once('$').unwrap().1)),
        ("md5", &"a".repeat(LONGEST + 2)),
    ] {
        assert!(read(hasher, dear).is_none(), "{hasher}");
    }
    assert_eq!(Hasher::parse("rot13"), None);
}

#[test]
fn bcrypt_does_not_see_the_end_of_a_long_password() {
    let bcrypt = read("bcrypt", KEPT[2].1).unwrap();
    assert!(bcrypt.sees_whole(&"x".repeat(72)) && !bcrypt.sees_whole(&"x".repeat(73)));
    assert!(read("bcrypt_sha256_django", KEPT[3].1).unwrap().sees_whole(&"x".repeat(73)));
}

#[test]
fn it_is_never_shown() {
    assert_eq!(format!("{:?}", read("md5", KEPT[5].1).unwrap()), "Imported(md5, …)");
}
