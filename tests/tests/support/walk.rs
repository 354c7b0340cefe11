//! A walk through every operation that reads: each role, each filter, the first page and the
//! one after it, on an estate in which there is something of everything.

use std::cell::RefCell;
use std::collections::BTreeMap;

use testkit::{Client, Reply, TestApp, Value};

use super::applications::items;
use super::estate::Estate;
use super::plans;

/// Who walks, where, and what ids there are.
pub struct Walk<'a> {
    app: &'a TestApp,
    document: Value,
    estate: Estate,
    people: Vec<(&'static str, Client)>,
    ids: BTreeMap<&'static str, String>,
    /// What was answered as it should not be.
    trouble: RefCell<Vec<String>>,
}

impl<'a> Walk<'a> {
    pub fn of(app: &'a TestApp) -> Self {
        plans::asking("what the estate was made of");
        let estate = Estate::of(app);
        let first = |path: &str, field: &str| {
            let list = app.staff.get(path).expect(200);
            let found = items(&list).first();
            assert!(found.is_some(), "{path} is empty");
            found.unwrap()[field].as_str().unwrap().to_owned()
        };
        let wave = first("/waves", "id");
        let lot = first(&format!("/waves/{wave}/lines"), "application_id");
        let ids = BTreeMap::from([
            ("batch_id", first("/batches", "id")),
            ("donor_id", app.donor.organisation.clone()),
            ("workshop_id", app.refurbisher.organisation.clone()),
            ("organisation_id", app.donor.organisation.clone()),
            ("transfer_id", first("/transfers", "id")),
            ("programme_id", first("/programmes", "id")),
            (
                "association_id",
                first("/organisations?kind=association", "id"),
            ),
            ("application_id", lot.clone()),
            ("applications", lot),
            ("wave_id", wave),
            ("handover_id", first("/handovers", "id")),
            ("subject", app.donor.person.clone()),
            ("actor", app.staff.person.clone()),
            ("assigned_to", app.staff.person.clone()),
            ("programmes", first("/programmes", "id")),
            ("waves", first("/waves", "id")),
            ("notifications", first("/notifications", "id")),
            ("people", app.donor.person.clone()),
        ]);
        let people = vec![
            ("admin", app.admin.clone()),
            ("staff", app.staff.clone()),
            ("refurbisher", app.refurbisher.clone()),
            ("donor", app.donor.clone()),
            ("association", app.association("Encore une")),
            ("nobody", app.anyone.clone()),
        ];
        let document = serde_json::to_value(api::document()).unwrap();
        let trouble = RefCell::default();
        Self {
            app,
            document,
            estate,
            people,
            ids,
            trouble,
        }
    }

    /// Asks for everything, and lets the worker's jobs run.
    pub fn everywhere(&self) {
        let paths = self.document["paths"].as_object().unwrap();
        for (path, methods) in paths {
            if let Some(operation) = methods.get("get") {
                self.operation(path, operation);
            }
        }
        let trouble = self.trouble.borrow();
        assert!(trouble.is_empty(), "{trouble:#?}");
        self.jobs();
    }

    /// Whether there was an answer; what a role may not see, and what is not there, are none.
    fn served(&self, reply: &Reply, asked: &str) -> bool {
        let none = [401, 403, 404].contains(&reply.status);
        let there = reply.status < 300;
        if !none && !there {
            let said = format!("{asked}: {} {}", reply.status, reply.text());
            self.trouble.borrow_mut().push(said);
        }
        there
    }

    fn operation(&self, template: &str, operation: &Value) {
        let path = self.path(template);
        let (wanted, filters) = self.filters(template, operation);
        let pages = filters.iter().any(|filter| filter.starts_with("after="));
        let mut answered = 0;
        for (role, client) in &self.people {
            let ask = |query: &str| {
                let query = format!("{wanted}{query}");
                plans::asking(&format!("GET {template}?{query} as {role}"));
                let joint = if query.is_empty() { "" } else { "?" };
                let reply = client.get(&format!("{path}{joint}{query}"));
                (self.served(&reply, &format!("{template}?{query}")), reply)
            };
            let (there, first) = ask(if pages { "limit=1" } else { "" });
            answered += u32::from(![401, 403].contains(&first.status));
            if !there {
                continue;
            }
            let next = first.json()["next"]
                .as_str()
                .filter(|_| pages)
                .map(str::to_owned);
            let next = next.map(|next| format!("limit=1&after={next}"));
            for start in [Some(String::new()), next].iter().flatten() {
                ask(start);
                let paging =
                    |filter: &str| filter.starts_with("limit=") || filter.starts_with("after=");
                for filter in filters.iter().filter(|filter| !paging(filter)) {
                    ask(&format!("{start}&{filter}"));
                }
            }
        }
        assert!(answered > 0, "nobody may GET {template}");
    }

    /// With ids of what is there.
    fn path(&self, template: &str) -> String {
        let Some(below) = template.strip_prefix("/api/v1/") else {
            let path = template.replace("{code}", "LOT-2023-0001");
            return format!("/{path}"); // beside the API
        };
        let kind = below.split('/').next().unwrap();
        let path = match self.ids.get(kind) {
            Some(id) => format!("/{below}").replace("{id}", id),
            None => self
                .estate
                .path(template)
                .unwrap_or_else(|| format!("/{below}")),
        };
        path.replace("{application_id}", &self.ids["application_id"])
            .replace("{kind}", "lot_granted")
    }

    /// What has to be asked for, and each other parameter with each value that is worth asking.
    fn filters(&self, template: &str, operation: &Value) -> (String, Vec<String>) {
        let (mut wanted, mut filters) = (String::new(), Vec::new());
        let labels = template == "/api/v1/labels"; // of a batch, or of devices
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] != "query" {
                continue;
            }
            let name = parameter["name"].as_str().unwrap();
            if name == "csv" {
                continue; // whole lists, which have tests of their own
            }
            let values = self.values(name, &parameter["schema"]);
            if parameter["required"] == true || (labels && name == "batch_id") {
                wanted.push_str(&format!("{name}={}&", values[0]));
            } else {
                filters.extend(values.iter().map(|value| format!("{name}={value}")));
            }
        }
        (wanted, filters)
    }

    fn values(&self, name: &str, schema: &Value) -> Vec<String> {
        let schema = match schema["$ref"].as_str() {
            Some(name) => self.document.pointer(&name[1..]).unwrap(),
            None => schema,
        };
        if let Some(id) = self.ids.get(name) {
            return vec![id.clone()];
        }
        if let Some(choices) = schema["enum"].as_array() {
            return choices
                .iter()
                .map(|choice| choice.as_str().unwrap().to_owned())
                .collect();
        }
        let values: &[&str] = match (name, schema["type"].as_str(), schema["format"].as_str()) {
            ("to", _, None) => &["someone@test.example"],
            // rare, frequent, and too short for an index
            ("q", ..) => &["czc0001", "a", "prodesk%20czc"],
            ("lang", ..) => &["fr"],
            ("postal_code", ..) => &["13003"],
            ("variant", ..) => &["0"],
            ("year", ..) => &["2023"],
            ("stock", ..) => &["a4-24", "62x29"],
            ("form", ..) => &["pdf", "zpl"],
            (_, Some("boolean"), _) => &["true", "false"],
            (_, Some("integer"), _) => &["1"],
            (_, _, Some("date")) => &["2023-02-01"],
            (_, _, Some("date-time")) => &["2023-02-01T00:00:00Z"],
            _ => &["czc0001"],
        };
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    /// What time brings, as the worker has it done.
    fn jobs(&self) {
        plans::asking("the worker");
        super::applications::remind(self.app);
        self.app.write(|tx| {
            let staff = identity::staff_contacts(tx)?;
            notifications::report_failures(tx, &staff)?;
            identity::forget_old_attempts(tx)?;
            handover::tell_donors(tx, None, "")?;
            handover::retention(tx, &identity::RetentionSettings::default(), false)
        });
        self.app.deliver();
    }
}
