use super::*;

const WINDOW: u64 = 20_000;

/// A service that counts a request when it arrives, in a window that slides.
struct Server {
    quota: usize,
    taken: VecDeque<u64>,
}

impl Server {
    /// How long to wait, if there is no room.
    fn take(&mut self, now: u64) -> Result<(), u64> {
        while self.taken.front().is_some_and(|oldest| now - oldest >= WINDOW) {
            self.taken.pop_front();
        }
        if self.taken.len() < self.quota {
            self.taken.push_back(now);
            return Ok(());
        }
        let oldest = self.taken.front().copied().unwrap_or(now);
        Err((oldest + WINDOW - now).div_ceil(1000).max(1) * 1000)
    }
}

/// A request on its way, in milliseconds.
struct Flight {
    arrives: u64,
    back: u64,
    /// How long to wait, if it was refused.
    refused: Option<u64>,
}

/// What happened, in milliseconds since the start.
#[derive(Debug, Default)]
struct Course {
    granted: Vec<u64>,
    refused: Vec<u64>,
    /// The waits that the refusals asked for.
    waits: Vec<u64>,
}

/// A service and its other users.
struct World<F> {
    quota: usize,
    minutes: u64,
    seed: u64,
    /// So many of 10,000 requests are refused for other reasons.
    noise: u64,
    /// How many requests a second another app takes of the same quota, and whether it tries until there is room.
    other: F,
    insists: bool,
}

impl<F: Fn(u64) -> u64> World<F> {
    /// Sixteen connections, a millisecond at a time. The way there and the way back take 5 to 60 ms.
    fn run(&self, window: &mut SlidingWindow) -> Course {
        let mut server = Server {
            quota: self.quota,
            taken: VecDeque::new(),
        };
        let mut course = Course::default();
        let mut flying: Vec<Flight> = Vec::new();
        let mut others = 0;
        let mut dice = self.seed;
        let mut roll = move |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33) % sides
        };
        for now in 0..self.minutes * 60_000 {
            let other = (self.other)(now);
            if other > 0 && now % (1000 / other) == 0 {
                others += 1;
            }
            if others > 0 && (server.take(now).is_ok() || !self.insists) {
                others -= 1;
            }
            for flight in &mut flying {
                if flight.arrives == now {
                    flight.refused = if roll(10_000) < self.noise {
                        Some(1000)
                    } else {
                        server.take(now).err()
                    };
                }
            }
            flying.retain(|flight| {
                if flight.back != now {
                    return true;
                }
                window.complete(Duration::from_millis(now), 1);
                if let Some(wait) = flight.refused {
                    course.refused.push(now);
                    course.waits.push(wait);
                    window.throttled(Duration::from_millis(now), 1, Duration::from_millis(wait));
                } else {
                    course.granted.push(now);
                }
                false
            });
            while flying.len() < 16 && window.acquire(Duration::from_millis(now), 1).is_ok() {
                let arrives = now + 5 + roll(56);
                let back = arrives + 5 + roll(56);
                flying.push(Flight {
                    arrives,
                    back,
                    refused: None,
                });
            }
        }
        course
    }
}

fn simulate(window: &mut SlidingWindow, quota: usize, minutes: u64, other: impl Fn(u64) -> u64) -> Course {
    World {
        quota,
        minutes,
        seed: 1,
        noise: 0,
        other,
        insists: false,
    }
    .run(window)
}

fn between(times: &[u64], from: u64, to: u64) -> usize {
    times.iter().filter(|time| (from..to).contains(*time)).count()
}

#[test]
fn a_quota_of_its_own_is_used_up_and_never_overrun() {
    let mut window = SlidingWindow::new(150, Duration::from_millis(WINDOW));
    let course = simulate(&mut window, 150, 10, |_| 0);
    assert_eq!(course.refused.len(), 0);
    for minute in 1..10 {
        let used = between(&course.granted, minute * 60_000, (minute + 1) * 60_000);
        assert!(used * 100 >= 450 * 97, "{used} of 450 in minute {minute}");
    }
}

#[test]
fn refusals_for_other_reasons_do_not_shrink_it() {
    // So many of 10,000, and how much longer than the quota demands it may take, in percent.
    for (noise, most) in [(50, 125), (200, 160)] {
        for seed in 1..=12 {
            let mut window = SlidingWindow::new(150, Duration::from_millis(WINDOW));
            let world = World {
                quota: 200,
                minutes: 40,
                seed,
                noise,
                other: |_| 0,
                insists: false,
            };
            let course = world.run(&mut window);
            // Some half an hour of the quota, and some minutes of it.
            for users in [13_500_usize, 1_500] {
                let ideal = users as u64 * WINDOW / 150;
                let took = course.granted.get(users).copied().unwrap_or(u64::MAX / 1000);
                assert!(
                    took * 100 <= ideal * most,
                    "{noise} of 10,000, seed {seed}: {took} ms for {users} users, ideal {ideal}"
                );
            }
        }
    }
}

#[test]
fn it_converges_where_another_app_takes_half() {
    // The quota, how many a second the other app takes from when on, and whether it tries until there is room.
    for (quota, other, from, insists) in [
        (150, 4, 0, false),
        (200, 5, 20_000, false),
        (200, 5, 20_000, true),
    ] {
        for seed in 1..=12 {
            let mut window = SlidingWindow::new(quota, Duration::from_millis(WINDOW));
            let world = World {
                quota,
                minutes: 10,
                seed,
                noise: 0,
                other: |now| if now < from { 0 } else { other },
                insists,
            };
            let course = world.run(&mut window);
            let (granted, refused) = (
                between(&course.granted, 120_000, 600_000),
                between(&course.refused, 120_000, 600_000),
            );
            let rest = (quota - usize::try_from(other * WINDOW / 1000).unwrap()) * 24;
            assert!(refused > 0, "it never grew");
            assert!(
                refused * 100 < (granted + refused) * 2,
                "seed {seed}: {refused} refused, {granted} granted"
            );
            assert!(
                granted * 100 >= rest * 95,
                "{quota}, {insists}, seed {seed}: {granted} granted of {rest}"
            );
        }
    }
}

#[test]
fn a_smaller_quota_is_found_without_long_pauses() {
    for (quota, seed) in [(100, 1), (100, 2), (60, 3), (140, 4), (20, 5)] {
        let mut window = SlidingWindow::new(150, Duration::from_millis(WINDOW));
        let world = World {
            quota,
            minutes: 10,
            seed,
            noise: 0,
            other: |_| 0,
            insists: false,
        };
        let course = world.run(&mut window);
        let late = course
            .refused
            .iter()
            .zip(&course.waits)
            .filter(|(time, _)| **time > 60_000);
        let longest = late.map(|(_, wait)| *wait).max().unwrap_or_default();
        assert!(longest <= 5_000, "{quota}: a pause of {longest} ms");
        let granted = between(&course.granted, 120_000, 600_000);
        assert!(
            granted * 100 >= quota * 24 * 95,
            "{quota}: {granted} granted of {}",
            quota * 24
        );
        let refused = between(&course.refused, 120_000, 600_000);
        assert!(
            refused * 100 < granted * 2,
            "{quota}: {refused} refused, {granted} granted"
        );
    }
}

#[test]
fn it_grows_back_once_the_other_app_stops() {
    let mut window = SlidingWindow::new(150, Duration::from_millis(WINDOW));
    let course = simulate(&mut window, 150, 10, |now| if now < 120_000 { 5 } else { 0 });
    let used = between(&course.granted, 420_000, 600_000);
    assert!(
        used * 100 >= 150 * 9 * 95,
        "{used} of 1350 in the last three minutes"
    );
}

#[test]
fn a_full_window_returns_when_to_try_again() {
    let s = Duration::from_secs;
    let mut window = SlidingWindow::new(2, s(20));
    assert_eq!(window.acquire(s(0), 2), Ok(()));
    assert_eq!(window.acquire(s(1), 1), Err(Blocked::UntilAnswer));
    window.complete(s(5), 2);
    assert_eq!(window.acquire(s(6), 1), Err(Blocked::For(s(19))));
    assert_eq!(window.acquire(s(25), 1), Ok(()));
    window.complete(s(25), 1);
    window.throttled(s(25), 1, s(7));
    assert_eq!(window.acquire(s(26), 1), Err(Blocked::For(s(6))));
}

#[test]
fn a_cancelled_request_takes_no_room() {
    let s = Duration::from_secs;
    let mut window = SlidingWindow::new(1, s(20));
    assert_eq!(window.acquire(s(0), 1), Ok(()));
    assert_eq!(window.acquire(s(0), 1), Err(Blocked::UntilAnswer));
    window.cancel(1);
    assert_eq!(window.acquire(s(0), 1), Ok(()));
}

#[test]
fn requests_refused_together_take_no_room() {
    let s = Duration::from_secs;
    let mut window = SlidingWindow::new(100, s(20));
    for weight in [30, 20] {
        assert_eq!(window.acquire(s(0), weight), Ok(()));
        window.complete(s(0), weight);
    }
    // Of 50 the last 20 were refused, so 70 of the 100 are left.
    window.throttled(s(0), 20, s(5));
    assert_eq!(window.acquire(s(5), 71), Err(Blocked::For(s(15))));
    assert_eq!(window.acquire(s(5), 70), Ok(()));
}

#[test]
fn a_batch_larger_than_the_window_leaves_alone() {
    let s = Duration::from_secs;
    let mut window = SlidingWindow::new(5, s(20));
    assert_eq!(window.acquire(s(0), 20), Ok(()));
    assert_eq!(window.acquire(s(0), 1), Err(Blocked::UntilAnswer));
    window.complete(s(1), 20);
    assert_eq!(window.acquire(s(20), 20), Err(Blocked::For(s(1))));
    assert_eq!(window.acquire(s(21), 20), Ok(()));
}
