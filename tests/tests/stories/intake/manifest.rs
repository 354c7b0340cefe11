//! The list of a batch: what is wrong with it, what a second one does, where it ends.

use crate::support::intake::*;
use testkit::{Value, both_engines, json};

const TWO_SHEETS: &[u8] = include_bytes!("../../../data/manifests/deux-feuilles.ods");
const ORANGE: &[u8] = include_bytes!("../../../data/marseille/orange_manifest.csv");

both_engines! {
    fn a_list_of_1060_is_stored_whole(app) {
        let id = draft(&app.donor);
        let report = upload(&app.donor, &id, ORANGE).expect(200);
        assert_eq!((&report["rows"], &report["accepted"]), (&json!(1060), &json!(1060)), "{report}");
        assert_eq!(announced(app, &id), 1060);
    }

    fn a_second_upload_replaces_the_first_and_the_same_file_changes_nothing(app) {
        let id = draft(&app.donor);
        let path = format!("/batches/{id}/manifest");
        let first = app.donor.put_csv(&path, list(&["A1", "A2", "A3"]).as_bytes());
        assert_eq!(first.expect(200)["unchanged"], false);
        let again = app.donor.put_csv(&path, list(&["A1", "A2", "A3"]).as_bytes());
        assert_eq!(again.expect(200)["unchanged"], true);
        assert_eq!(again.header("etag"), first.header("etag"));
        assert_eq!(again.json()["rows"], 3);
        let other = app.staff.put_csv(&path, list(&["A2", "A4"]).as_bytes()).expect(200);
        assert_eq!(other["unchanged"], false);
        assert_eq!(announced(app, &id), 2);
    }

    fn a_dry_run_tells_everything_and_stores_nothing(app) {
        let id = draft(&app.donor);
        let file = "Serial,Kind,Purchase date\nA1,desktop,2019-12-31\n,laptop,\nA3,toaster,2999-01-01\n";
        let report = app.donor.put_csv(&format!("/batches/{id}/manifest?dry_run=true"), file.as_bytes()).expect(200);
        assert_eq!((&report["rows"], &report["accepted"], &report["rejected"]), (&json!(3), &json!(1), &json!(2)));
        assert_eq!((&report["dry_run"], &report["header_line"]), (&json!(true), &json!(1)));
        assert_eq!(report["preview"][0]["serial"], "A1");
        assert_eq!(mistakes(&report), [(3, "required".into()), (4, "unknown_kind".into()), (4, "date_in_future".into())]);
        assert_eq!(report["errors"][1]["column"], "Kind");
        assert_eq!(announced(app, &id), 0);
        assert_eq!(app.donor.get(&format!("/batches/{id}")).expect(200)["manifest"], Value::Null);
    }

    fn manifest_invalid_names_every_bad_line_and_nothing_is_stored(app) {
        let id = draft(&app.donor);
        let path = format!("/batches/{id}/manifest");
        app.donor.put_csv(&path, list(&["A1"]).as_bytes()).expect(200);
        let file = format!("{}1,23E+15;UC\n;UC\nB4;UC;de trop\n", list(&["B1", "B2", "B1"]));
        let problem = app.donor.put_csv(&path, file.as_bytes()).refused(422, "manifest_invalid");
        assert_eq!(mistakes(&problem), [(4, "duplicate_serial".into()), (5, "mangled_serial".into()),
            (6, "required".into()), (7, "line_too_long".into())]);
        assert_eq!((&problem["rows"], &problem["accepted"], &problem["rejected"]), (&json!(6), &json!(2), &json!(4)));
        assert_eq!((&problem["encoding"], &problem["delimiter"]), (&json!("utf-8"), &json!(";")));
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("ligne 2"), "{problem}");
        let english = app.donor.with_header("accept-language", "en").put_csv(&path, file.as_bytes());
        assert!(english.json()["errors"][0]["detail"].as_str().unwrap().contains("line 2"));
        assert_eq!(announced(app, &id), 1, "the earlier list stays");
    }

    fn duplicate_serial_in_the_file(app) {
        let id = draft(&app.donor);
        let problem = upload(&app.donor, &id, list(&["A1", "A2", "a-1"]).as_bytes())
            .refused(422, "duplicate_serial");
        assert_eq!(mistakes(&problem), [(4, "duplicate_serial".into())]);
        assert_eq!(problem["errors"][0]["column"], "N° de série");
        assert_eq!(announced(app, &id), 0);
    }

    fn duplicate_serial_in_the_stock_says_in_which_workshop_it_is(app) {
        let first = batch_at(app, "received", &["CZC1", "CZC2"]);
        let device = &app.staff.get(&format!("/devices?batch_id={first}&q=CZC1")).expect(200)["items"][0];
        let workshop = app.refurbisher.get("/me").expect(200)["organisation"]["name"].clone();
        let second = draft(&app.donor);
        let problem = upload(&app.donor, &second, list(&["CZC9", "CZC1"])).refused(422, "duplicate_serial");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        for part in ["LOT-2023-0001", device["tag"].as_str().unwrap(), workshop.as_str().unwrap(), "reçu"] {
            assert!(detail.contains(part), "{part}: {detail}");
        }
        let english = upload(&app.staff.with_header("accept-language", "en"), &second, list(&["CZC1"])).json();
        assert!(english["errors"][0]["detail"].as_str().unwrap().contains("received"), "{english}");
        // what came and is gone from the stock may be announced again
        let id = device["id"].as_str().unwrap();
        app.refurbisher.post(&format!("/devices/{id}/events"), json!({"type": "missing"})).expect(200);
        upload(&app.donor, &second, list(&["CZC9", "CZC1"])).expect(200);
    }

    fn duplicate_serial_in_the_stock_says_where_it_is_to_those_who_may_know(app) {
        let first = draft(&app.donor);
        upload(&app.donor, &first, list(&["A1", "A2"]).as_bytes()).expect(200);
        let second = draft(&app.donor);
        let path = format!("/batches/{second}/manifest");
        let problem = app.donor.put_csv(&path, list(&["B1", "a 1"]).as_bytes()).refused(422, "duplicate_serial");
        assert_eq!(mistakes(&problem), [(3, "duplicate_serial".into())]);
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("LOT-2023-0001"));
        let dry = app.donor.put_csv(&format!("{path}?dry_run=true"), list(&["B1", "A1"]).as_bytes()).expect(200);
        assert_eq!(mistakes(&dry), [(3, "duplicate_serial".into())]);

        let stranger = draft(&app.other_donor);
        let problem = upload(&app.other_donor, &stranger, list(&["A1"]).as_bytes())
            .refused(422, "duplicate_serial");
        assert!(!problem.to_string().contains("LOT-2023-0001"));

        app.donor.post(&format!("/batches/{first}/cancel"), json!({"reason": "Erreur de liste"})).expect(200);
        app.donor.put_csv(&path, list(&["B1", "A1"]).as_bytes()).expect(200);
    }

    fn manifest_unreadable_says_what_the_file_is(app) {
        let id = draft(&app.donor);
        let path = format!("/batches/{id}/manifest");
        for file in [&b""[..], b"%PDF-1.7", b"PK\x03\x04\x14\x00\x06\x00", b"<html></html>", b"bonjour", b"Marque;Type\nHP;UC\n",
            b"serial;kind\n", b"\xff\xfe\x00\xd8", &[0_u8; 100], b"\"", b"serial;kind\n\"A1;UC"] {
            let reply = app.donor.put_csv(&path, file);
            assert_eq!(reply.status, 422, "{}", reply.text());
            assert!(reply.json()["detail"].as_str().unwrap().len() > 10);
        }
        let problem = app.donor.put_csv(&path, b"%PDF-1.7").refused(422, "manifest_unreadable");
        assert!(problem["detail"].as_str().unwrap().contains("CSV"), "{problem}");
        app.donor.send("PUT", &path, "application/pdf", b"%PDF-1.7").refused(415, "wrong_media_type");
        app.donor.put_csv(&format!("{path}?dry_run=maybe"), b"x").refused(422, "invalid_fields");
    }

    fn batch_not_editable_once_the_truck_has_come(app) {
        for status in ["collected", "received", "closed"] {
            let serials = ["CZC1", "CZC2"].map(|serial| format!("{serial}{status}"));
            let id = batch_at(app, status, &serials.each_ref().map(String::as_str));
            for client in [&app.donor, &app.staff] {
                let file = list(&["A1"]);
                upload(client, &id, file.as_bytes()).refused(409, "batch_not_editable");
                try_out(client, &id, file.as_bytes()).refused(409, "batch_not_editable");
            }
        }
    }

    fn the_list_may_be_replaced_until_the_truck_has_come_and_staff_hear_of_it(app) {
        for (at, status) in ["submitted", "accepted", "scheduled"].into_iter().enumerate() {
            let serials = ["A", "B", "C", "D"].map(|serial| format!("{serial}{at}"));
            let [a, b, c, d] = serials.each_ref().map(String::as_str);
            let id = batch_at(app, status, &[a, b, c]);
            let tag = |serial: &str| {
                let found = app.staff.get(&format!("/devices?batch_id={id}&q={serial}")).expect(200);
                (found["items"][0]["id"].clone(), found["items"][0]["tag"].clone())
            };
            let before = tag(b);
            let dry = try_out(&app.donor, &id, list(&[b, c, d])).expect(200);
            let told = app.mails_of("manifest_replaced").len();
            let client = if at == 1 { &app.staff } else { &app.donor };
            let report = upload(client, &id, list(&[b, c, d])).expect(200);
            for report in [&dry, &report] {
                let change = &report["difference"];
                assert_eq!((&change["added"], &change["removed"], &change["kept"]), (&json!(1), &json!(1), &json!(2)));
                assert_eq!((&change["added_serials"], &change["removed_serials"]), (&json!([d]), &json!([a])));
            }
            assert_eq!(tag(b), before, "a device on both lists stays the same");
            let batch = app.donor.get(&format!("/batches/{id}")).expect(200);
            assert_eq!((&batch["status"], &batch["manifest"]["rows"]), (&json!(status), &json!(3)));
            let mails = app.mails_of("manifest_replaced");
            let mails = &mails[told..];
            assert!(mails.iter().any(|mail| mail.data["added"] == 1 && mail.data["removed"] == 1), "{status}");
            // the same file again tells nobody
            let told = told + mails.len();
            assert_eq!(upload(client, &id, list(&[b, c, d])).expect(200)["unchanged"], true);
            assert_eq!(app.mails_of("manifest_replaced").len(), told);
        }
    }

    fn several_sheets_are_asked_about_and_the_answer_is_kept(app) {
        let id = draft(&app.donor);
        let path = format!("/batches/{id}/manifest");
        let kind = "application/vnd.oasis.opendocument.spreadsheet";
        let dry = app.donor.send("PUT", &format!("{path}?dry_run=true"), kind, TWO_SHEETS).expect(200);
        assert_eq!(dry["questions"][0]["code"], "several_sheets");
        assert_eq!(dry["questions"][0]["options"], json!(["*", "Portables", "Écrans"]));
        let problem = app.donor.send("PUT", &path, kind, TWO_SHEETS).refused(422, "several_sheets");
        assert_eq!(problem["questions"][0]["parameter"], "sheet");
        assert_eq!(announced(app, &id), 0);
        let one = app.donor.send("PUT", &format!("{path}?sheet=Portables"), kind, TWO_SHEETS).expect(200);
        assert_eq!((&one["rows"], &one["questions"]), (&json!(2), &json!([])));
        // another answer to the same file is another list
        let all = app.donor.send("PUT", &format!("{path}?sheet=*"), kind, TWO_SHEETS).expect(200);
        assert_eq!((&all["rows"], &all["unchanged"], &all["sheet"]), (&json!(4), &json!(false), &json!("Portables, Écrans")));
        assert_eq!(announced(app, &id), 4);
        app.donor.send("PUT", &format!("{path}?sheet=Absente"), kind, TWO_SHEETS).refused(422, "invalid_fields");
    }

    fn ambiguous_dates_are_stored_day_first_until_answered(app) {
        let id = draft(&app.donor);
        let path = format!("/batches/{id}/manifest");
        let file = "serial,kind,Purchase date\nA1,desktop,04/05/2019\nA2,desktop,06/07/2019\n";
        let stored = app.donor.put_csv(&path, file.as_bytes()).expect(200);
        assert_eq!(stored["questions"][0]["code"], "ambiguous_dates");
        assert_eq!(stored["preview"][0]["attributes"]["purchased_on"], "2019-05-04");
        let answered = app.donor.put_csv(&format!("{path}?dates=mdy"), file.as_bytes()).expect(200);
        assert_eq!((&answered["questions"], &answered["unchanged"]), (&json!([]), &json!(false)));
        assert_eq!(answered["preview"][0]["attributes"]["purchased_on"], "2019-04-05");
        app.donor.put_csv(&format!("{path}?dates=ymd"), file.as_bytes()).refused(422, "invalid_fields");
    }

    fn lines_left_out_and_two_line_headers_are_warned_about(app) {
        let id = draft(&app.donor);
        let file = "Matériel;;Achat\nN° de série;Type;Date\nA1;UC;31 décembre 2019\nTOTAL;1;\n";
        let report = app.donor.put_csv(&format!("/batches/{id}/manifest"), file.as_bytes()).expect(200);
        assert_eq!((&report["rows"], &report["header_line"]), (&json!(1), &json!(2)));
        let codes: Vec<_> = report["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].clone()).collect();
        assert_eq!(codes, [json!("lines_left_out"), json!("two_line_header")]);
        for warning in report["warnings"].as_array().unwrap() {
            assert!(warning["fr"].as_str().unwrap().len() > 20 && warning["en"].as_str().unwrap().len() > 20);
        }
    }

    fn two_uploads_of_the_same_serials_at_once_have_one_winner(app) {
        let batches: Vec<String> = (0..4).map(|_| draft(&app.donor)).collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let uploads: Vec<_> = batches.iter().map(|id| scope.spawn(move || {
                upload(&app.donor, id, list(&["A1", "A2"]).as_bytes()).status
            })).collect();
            uploads.into_iter().map(|upload| upload.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 3, "{statuses:?}");
    }

    fn every_mistake_is_named_by_line_and_column_in_both_languages(app) {
        let id = draft(&app.donor);
        let file = "Inventaire 2019\r\n\r\nType ; NUMERO  SERIE;Date d'achat;VNC;RAM (Go);;\r\n\
            UC;CZC1;31/12/2019;1 234,56;8;;\r\n\
            ;CZC2;31/02/2020;;8;;\r\n\
            grille-pain;1,23E+15;01/03/2023;douze;8;;\r\n\
            \r\n\
            UC;czc 1;;;huit;;\r\n\
            UC;#REF!;;;;;\r\n\
            UC;CZC7;;;;;;trop\r\n\
            UC;\"CZC8;;;\r\n";
        let report = try_out(&app.donor, &id, file).expect(200);
        let told: Vec<_> = report["errors"].as_array().unwrap().iter().map(|error| (error["line"].as_u64().unwrap(),
            error["column"].as_str().unwrap_or_default(), error["code"].as_str().unwrap())).collect();
        assert_eq!(told, [
            (5, "Date d'achat", "unreadable_date"),
            (6, "NUMERO  SERIE", "mangled_serial"), (6, "Type", "unknown_kind"), (6, "Date d'achat", "date_in_future"), (6, "VNC", "unreadable_number"),
            (8, "NUMERO  SERIE", "duplicate_serial"), (8, "RAM (Go)", "unreadable_number"),
            (9, "NUMERO  SERIE", "mangled_serial"),
            (10, "", "line_too_long"),
            (11, "", "quote_not_closed"),
        ], "{report}");
        assert_eq!((&report["rows"], &report["accepted"], &report["rejected"]), (&json!(7), &json!(1), &json!(6)));
        let english = try_out(&app.donor.with_header("accept-language", "en"), &id, file).expect(200);
        let details = |report: &Value| -> Vec<String> {
            report["errors"].as_array().unwrap().iter().map(|error| error["detail"].as_str().unwrap().to_owned()).collect()
        };
        for (fr, en) in details(&report).iter().zip(details(&english)) {
            assert!(fr.len() > 10 && en.len() > 10 && *fr != en, "{fr} {en}");
        }
        assert_eq!(announced(app, &id), 0);
    }

    fn a_list_with_very_many_mistakes_names_ten_thousand_and_counts_the_rest(app) {
        let id = draft(&app.donor);
        let rows: String = (0..10_500).map(|n| format!("CZC{n};grille-pain\n")).collect();
        let file = format!("N° de série;Type\n{rows}GOOD1;UC\n");
        let problem = upload(&app.donor, &id, &file).refused(422, "manifest_invalid");
        assert_eq!((&problem["rows"], &problem["accepted"], &problem["rejected"]), (&json!(10_501), &json!(1), &json!(10_500)));
        assert_eq!((problem["errors"].as_array().unwrap().len(), &problem["errors_omitted"]), (10_000, &json!(500)));
        assert!(problem["detail"].as_str().unwrap().contains("500"), "{}", problem["detail"]);
    }

    fn a_list_that_does_not_fit_in_memory_lies_on_the_disk_and_is_stored_alike(app) {
        let id = draft(&app.donor);
        let remark = "à reprendre au deuxième étage, derrière la cafétéria, badge demandé à l'accueil".repeat(2);
        let rows: String = (0..11_000).map(|n| format!("CZC{n:05};UC;{remark}\n")).collect();
        let file = format!("N° de série;Type;Commentaire\n{rows}");
        assert!(file.len() > 1 << 20);
        let report = upload(&app.donor, &id, &file).expect(200);
        assert_eq!((&report["accepted"], &report["preview"][4]["serial"]), (&json!(11_000), &json!("CZC00004")));
        assert_eq!(announced(app, &id), 11_000);
        let last = &app.staff.get("/devices?q=CZC10999&expand=all").expect(200)["items"][0];
        assert_eq!((&last["manifest_line"], &last["attributes"]["note"]), (&json!(11_001), &json!(remark)));
        assert_eq!(upload(&app.donor, &id, &file).expect(200)["unchanged"], true);
        let twice = upload(&app.donor, &id, format!("{file}CZC00007;UC;\n")).refused(422, "duplicate_serial");
        assert_eq!((mistakes(&twice), &twice["rejected"]), (vec![(11_002, "duplicate_serial".to_owned())], &json!(1)));
        assert_eq!(announced(app, &id), 11_000, "the earlier list stays");
    }

    fn too_large_for_a_list(app) {
        let id = draft(&app.donor);
        let file = vec![b'\n'; (4 << 20) + 1];
        let problem = upload(&app.donor, &id, &file).refused(413, "too_large");
        assert!(problem["detail"].as_str().unwrap().contains("4 Mo"), "{problem}");
        upload(&app.donor, &id, &file[1..]).refused(422, "manifest_unreadable");
    }
}
