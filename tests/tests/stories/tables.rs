//! Lists as tables: the OpenAPI document says which there are.

use testkit::both_engines;

both_engines! {
    fn what_answers_a_table_says_so_and_nothing_else_does(app) {
        let document = serde_json::to_value(api::document()).unwrap();
        let admin = app.admin.with_header("accept", "text/csv");
        let mut tables = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            let Some(path) = path.strip_prefix("/api/v1").filter(|path| !path.contains('{')) else {
                continue;
            };
            let Some(operation) = methods.get("get") else { continue };
            let said = operation["responses"]["200"]["content"].get("text/csv").is_some();
            let asked = operation["parameters"].as_array().into_iter().flatten();
            let year = asked.filter(|it| it["required"] == true).any(|it| it["name"] == "year");
            let reply = admin.get(&format!("{path}{}", if year { "?year=2023" } else { "" }));
            let table = reply.header("content-type").starts_with("text/csv");
            assert!(table == said || reply.status != 200, "{path} says {said}: {}", reply.header("content-type"));
            assert!(reply.status == 200 || !said, "{path}: {}", reply.text());
            tables += u32::from(said);
        }
        assert!(tables > 15, "{tables}");
    }
}
