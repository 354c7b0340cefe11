use kernel::Id;
use uuid_of::uuid;

use super::*;

mod uuid_of {
    pub fn uuid<T>(n: u8) -> kernel::Id<T> {
        format!("00000000-0000-7000-8000-0000000000{n:02x}")
            .parse()
            .expect("id")
    }
}

fn chain(length: i32) -> Vec<Link> {
    let mut prev = Vec::new();
    let stages = [Stage::Received, Stage::Triaged, Stage::Erased];
    (1..=length)
        .map(|seq| {
            let line = Line {
                device: uuid(1),
                seq,
                id: uuid(u8::try_from(seq).expect("small")),
                event_type: "moved".into(),
                at: Instant::from_micros(i64::from(seq)).expect("time"),
                recorded_at: Instant::from_micros(i64::from(seq) + 5).expect("time"),
                actor: uuid(2),
                organisation: uuid(3),
                key: None,
                operated_by: None,
                from_stage: Stage::Received,
                to_stage: stages[usize::try_from(seq).expect("small") % 3],
                client_id: (seq % 2 == 0).then(|| format!("line-{seq}")),
                evidence: format!("{{\"location\":\"A{seq}\"}}"),
                note: None,
                state: None,
            };
            let link = Link::after(std::mem::take(&mut prev), line, &ChainKeys::default());
            prev = link.hash.clone();
            link
        })
        .collect()
}

fn head(links: &[Link]) -> Head<'_> {
    links.last().map_or(
        Head {
            seq: 0,
            hash: &[],
            stage: Stage::Expected,
        },
        |last| Head {
            seq: last.line.seq,
            hash: &last.hash,
            stage: last.line.to_stage,
        },
    )
}

fn keys(id: &str) -> ChainKeys {
    ChainKeys::new([(id.to_owned(), id.repeat(32))], []).expect("keys")
}

/// The same lines as the program writes them with a key.
fn keyed(links: &[Link], keys: &ChainKeys) -> Vec<Link> {
    let mut prev = Vec::new();
    let marked = links.iter().map(|link| {
        let mut line = link.line.clone();
        line.state.get_or_insert_with(|| "{}".to_owned());
        let link = Link::after(std::mem::take(&mut prev), line, keys);
        prev = link.hash.clone();
        Link { epoch: 1, ..link }
    });
    marked.collect()
}

fn walk(head: Head<'_>, links: &[Link]) -> Result<(), (i32, Break)> {
    check(head, links, &ChainKeys::default()).map(drop)
}

/// Worked out by another program from what the top of this file says. What is stored was
/// hashed like this: these never change.
#[test]
fn the_hashes_of_what_is_stored_stay_what_they_are() {
    let hashes = chain(2).into_iter().map(|link| link.hash);
    let hashes = hashes.map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect());
    assert_eq!(
        hashes.collect::<Vec<String>>(),
        [
            "81e07c037fba688efeba494331465d487f1d5b3486dd1ac9b214d82bd5f201c3",
            "3218b44c933206dcef1704c9d604e1fbb0b307fe61fc31e07481a3c39a17fb0e",
        ]
    );
}

#[test]
fn an_intact_chain_holds() {
    for length in 0..5 {
        let links = chain(length);
        assert_eq!(walk(head(&links), &links), Ok(()));
    }
}

#[test]
fn custody_names_the_first_broken_link() {
    let intact = chain(5);
    let mut altered = intact.clone();
    altered[2].line.evidence = "{\"location\":\"A4\"}".into();
    altered[3].line.note = Some("later".into());
    assert_eq!(walk(head(&intact), &altered), Err((3, Break::Altered)));

    let mut removed = intact.clone();
    removed.remove(1);
    assert_eq!(walk(head(&intact), &removed), Err((2, Break::Missing)));

    let mut shortened = intact.clone();
    shortened.pop();
    assert_eq!(walk(head(&intact), &shortened), Err((5, Break::Missing)));
    assert_eq!(walk(head(&shortened), &intact), Err((5, Break::Head)));

    let mut swapped = intact.clone();
    swapped.swap(1, 2);
    assert_eq!(walk(head(&intact), &swapped), Err((2, Break::Missing)));
}

#[test]
fn what_is_hashed_again_without_the_key_is_forged() {
    let ours = keys("a");
    let intact = keyed(&chain(4), &ours);
    assert_eq!(
        check(head(&intact), &intact, &ours),
        Ok(Unproven::default())
    );

    // who, when and what of the second line, and everything hashed again
    let changes: [fn(&mut Line); 3] = [
        |line| line.actor = uuid(9),
        |line| line.at = line.at.plus_seconds(-86_400),
        |line| line.evidence = "{}".to_owned(),
    ];
    for change in changes {
        let mut lines = intact.clone();
        change(&mut lines[1].line);
        let plain = keyed(&lines, &ChainKeys::default());
        assert_eq!(check(head(&plain), &plain, &ours), Err((1, Break::Forged)));
        let mut forged = keyed(&lines, &ChainKeys::default());
        for (link, genuine) in forged.iter_mut().zip(&intact) {
            link.mark = genuine.mark.clone();
        }
        assert_eq!(
            check(head(&forged), &forged, &ours),
            Err((2, Break::Forged))
        );
    }
}

#[test]
fn a_line_without_a_key_is_of_the_time_before_keys_or_forged() {
    let ours = keys("a");
    let old = chain(2);
    assert!(check(head(&old), &old, &ours).is_ok());
    let mut late = old.clone();
    late[1].epoch = 3;
    assert_eq!(check(head(&late), &late, &ours), Err((2, Break::Forged)));

    let mut mixed = old.clone();
    let mut line = chain(3).remove(2).line;
    line.state = Some("{}".to_owned());
    mixed.push(Link::after(old[1].hash.clone(), line.clone(), &ours));
    assert!(check(head(&mixed), &mixed, &ours).is_ok());
    (line.seq, line.state) = (4, None);
    let mut after = Link::after(mixed[2].hash.clone(), line, &ours);
    after.mark = None;
    mixed.push(after);
    assert_eq!(check(head(&mixed), &mixed, &ours), Err((4, Break::Forged)));
}

#[test]
fn a_lost_key_leaves_the_hashes() {
    let links = keyed(&chain(3), &keys("a"));
    let other = ChainKeys::new([("b".to_owned(), [7; 32])], []).expect("keys");
    assert_eq!(check(head(&links), &links, &other), Err((1, Break::Forged)));
    let lost = ChainKeys::new([("b".to_owned(), [7; 32])], ["a".to_owned()]).expect("keys");
    let found = check(head(&links), &links, &lost);
    assert_eq!(found, Ok(Unproven { lines: 3 }));
}

#[test]
fn a_row_whose_stage_was_set_by_hand_is_named() {
    let links = chain(3);
    let forged = Head {
        stage: Stage::Ready,
        ..head(&links)
    };
    assert_eq!(walk(forged, &links), Err((3, Break::Head)));
}

#[test]
fn each_field_changes_the_hash() {
    let line = chain(1).remove(0).line;
    let hash = line.hash(&[]);
    let mut changes = vec![line.clone(); 12];
    changes[0].seq = 9;
    changes[1].event_type = "other".into();
    changes[2].at = line.at.plus_seconds(1);
    changes[3].actor = uuid(9);
    changes[4].client_id = Some(String::new());
    changes[5].evidence.push(' ');
    changes[6].note = Some(String::new());
    changes[7].to_stage = Stage::Ready;
    changes[8].device = Id::from_uuid(changes[8].id.uuid());
    changes[9].state = Some(String::new());
    changes[10].key = Some(uuid(9));
    changes[11].operated_by = Some(uuid(9));
    assert_ne!(changes[10].hash(&[]), changes[11].hash(&[]));
    let others = changes.iter().enumerate().filter(|(n, _)| *n != 8);
    for (n, changed) in others {
        assert_ne!(changed.hash(&[]), hash, "{n}");
    }
    assert_ne!(line.hash(&[1]), hash);
}
