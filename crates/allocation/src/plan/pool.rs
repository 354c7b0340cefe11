//! The stock of one kind, drawn from by groups of lines that may use the same
//! classes. Keeps who draws from where, and moves draws aside to make room.
//!
//! A quantity is possible exactly when for every set T of classes what the groups
//! limited to T receive does not exceed T's stock (Gale/Hall). Rather than listing
//! the sets, of which sixteen districts make 65 536, the pool keeps one way of
//! drawing and looks for a chain of moves that frees a device: the classes such a
//! search reaches in vain are the smallest set T that binds, whatever way was kept.

/// Stock of one kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Pool {
    free: Vec<u64>,
    groups: Vec<Group>,
    /// For each class, the groups that may use it, and where it stands in their list.
    users: Vec<Vec<(usize, usize)>>,
    search: Search,
}

#[derive(Debug, Clone)]
struct Group {
    /// The classes it may use, those with the fewest other users first.
    uses: Vec<usize>,
    /// What it draws from each of them.
    drawn: Vec<u64>,
}

/// How the last search reached each class.
#[derive(Debug, Clone, Default)]
struct Search {
    queue: Vec<usize>,
    reached: Vec<Option<Step>>,
    asked: Vec<bool>,
}

/// `group` can take from the class reached if it gives up what it draws from `from`.
#[derive(Debug, Clone, Copy)]
enum Step {
    Own,
    Moving { group: usize, from: usize },
}

impl Pool {
    /// Adds a class of stock.
    pub(super) fn add_class(&mut self, qty: u64) {
        self.free.push(qty);
        self.users.push(Vec::new());
    }

    /// Adds a group that may use these classes.
    pub(super) fn add_group(&mut self, uses: &[usize]) -> usize {
        self.groups.push(Group {
            uses: uses.to_vec(),
            drawn: vec![0; uses.len()],
        });
        self.groups.len() - 1
    }

    /// To be called once when all groups are known.
    pub(super) fn settle(&mut self) {
        let mut count = vec![0usize; self.free.len()];
        for class in self.groups.iter().flat_map(|group| &group.uses) {
            count[*class] += 1;
        }
        for (index, group) in self.groups.iter_mut().enumerate() {
            group.uses.sort_by_key(|&class| (count[class], class));
            for (slot, &class) in group.uses.iter().enumerate() {
                self.users[class].push((index, slot));
            }
        }
        self.search.asked = vec![false; self.groups.len()];
        self.search.reached = vec![None; self.free.len()];
    }

    /// What nobody draws.
    pub(super) fn left(&self) -> u64 {
        self.free.iter().sum()
    }

    /// Draws up to `wanted` for a group and says how much; when it is less, the
    /// classes that bind are [`Pool::bound`].
    pub(super) fn draw(&mut self, group: usize, wanted: u64) -> u64 {
        let mut missing = wanted;
        let own = &mut self.groups[group];
        for (slot, &class) in own.uses.iter().enumerate() {
            let part = missing.min(self.free[class]);
            self.free[class] -= part;
            own.drawn[slot] += part;
            missing -= part;
        }
        while missing > 0 {
            let Some(class) = self.reach(group) else {
                break;
            };
            missing -= self.shift(class, group, missing);
        }
        wanted - missing
    }

    /// Gives back what a group drew last.
    pub(super) fn give_back(&mut self, group: usize, qty: u64) {
        let mut missing = qty;
        let own = &mut self.groups[group];
        for (slot, &class) in own.uses.iter().enumerate().rev() {
            let part = missing.min(own.drawn[slot]);
            self.free[class] += part;
            own.drawn[slot] -= part;
            missing -= part;
        }
    }

    /// The classes reached by the last search that found nothing free.
    pub(super) fn bound(&self) -> Vec<usize> {
        let reached = self.search.reached.iter().enumerate();
        reached
            .filter_map(|(class, step)| step.map(|_| class))
            .collect()
    }

    /// Whether a group can use nothing outside these classes (sorted).
    pub(super) fn is_within(&self, group: usize, classes: &[usize]) -> bool {
        self.groups[group]
            .uses
            .iter()
            .all(|class| classes.binary_search(class).is_ok())
    }

    /// Looks for a class with something free that moving draws aside can reach.
    fn reach(&mut self, group: usize) -> Option<usize> {
        let Search {
            queue,
            reached,
            asked,
        } = &mut self.search;
        queue.clear();
        reached.fill(None);
        asked.fill(false);
        asked[group] = true;
        for &class in &self.groups[group].uses {
            reached[class] = Some(Step::Own);
            queue.push(class);
        }
        let mut next = 0;
        while let Some(&class) = queue.get(next) {
            next += 1;
            if self.free[class] > 0 {
                return Some(class);
            }
            for &(other, slot) in &self.users[class] {
                if asked[other] || self.groups[other].drawn[slot] == 0 {
                    continue;
                }
                asked[other] = true;
                for &further in &self.groups[other].uses {
                    if reached[further].is_none() {
                        reached[further] = Some(Step::Moving {
                            group: other,
                            from: class,
                        });
                        queue.push(further);
                    }
                }
            }
        }
        None
    }

    /// Moves draws along the chain that reached `class`, so that `group` draws more.
    fn shift(&mut self, class: usize, group: usize, wanted: u64) -> u64 {
        let mut part = wanted.min(self.free[class]);
        let mut at = class;
        while let Some(Step::Moving { group: other, from }) = self.search.reached[at] {
            part = part.min(*self.drawn(other, from));
            at = from;
        }
        self.free[class] -= part;
        at = class;
        while let Some(Step::Moving { group: other, from }) = self.search.reached[at] {
            *self.drawn(other, at) += part;
            *self.drawn(other, from) -= part;
            at = from;
        }
        *self.drawn(group, at) += part;
        part
    }

    fn drawn(&mut self, group: usize, class: usize) -> &mut u64 {
        let group = &mut self.groups[group];
        let slot = group
            .uses
            .iter()
            .position(|&used| used == class)
            .unwrap_or_default();
        &mut group.drawn[slot]
    }
}
