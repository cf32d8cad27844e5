//! What is counted of an instance while it runs: requests by route, and events of its audit log. No ids, no addresses.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use http::Method;

/// Upper ends of the classes that the time of an answer falls into, in milliseconds.
const BOUNDS_MS: [u32; 11] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];
/// Stands for every path that leads nowhere.
pub(crate) const NO_ROUTE: &str = "none";

/// Counts of one process.
#[derive(Debug, Default)]
pub struct Metrics {
    under_way: AtomicI64,
    routes: Mutex<BTreeMap<(&'static str, String), Series>>,
}

/// Counts of one route and verb.
#[derive(Debug, Default)]
struct Series {
    by_status: BTreeMap<u16, u64>,
    by_time: [u64; BOUNDS_MS.len()],
    total_ms: u64,
}

/// A request that is being answered; ended however it ends.
#[derive(Debug)]
pub(crate) struct UnderWay<'a>(&'a AtomicI64);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What is known of the instance at the moment when somebody looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Health {
    /// Messages that wait to be delivered; none if the database does not answer.
    pub(crate) deliveries_waiting: Option<u64>,
}

impl Metrics {
    /// A request has begun.
    pub(crate) fn begin(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(&self.under_way)
    }

    /// A request to this route, written with the names of its parts, was answered.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: u16, took_ms: i64) {
        let took = u64::try_from(took_ms).unwrap_or_default();
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let series = routes.entry((word(method), route.to_owned())).or_default();
        *series.by_status.entry(status).or_default() += 1;
        series.total_ms += took;
        if let Some(class) = BOUNDS_MS.iter().position(|bound| took <= u64::from(*bound)) {
            series.by_time[class] += 1;
        }
    }

    /// All of it, as Prometheus reads it (text format 0.0.4).
    pub(crate) fn render(&self, health: Health) -> String {
        let mut text = String::new();
        let mut line = |written: std::fmt::Arguments<'_>| {
            // Writing to a string does not fail.
            let _ = text.write_fmt(written);
            text.push('\n');
        };
        line(format_args!("# HELP frontdesk_info The program.\n# TYPE frontdesk_info gauge"));
        line(format_args!("frontdesk_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")));
        line(format_args!(
            "# HELP frontdesk_database_up Whether the database answers.\n# TYPE frontdesk_database_up gauge"
        ));
        line(format_args!("frontdesk_database_up {}", u8::from(health.deliveries_waiting.is_some())));
        if let Some(waiting) = health.deliveries_waiting {
            line(format_args!("# HELP frontdesk_deliveries_waiting Messages that have yet to leave."));
            line(format_args!("# TYPE frontdesk_deliveries_waiting gauge\nfrontdesk_deliveries_waiting {waiting}"));
        }
        let under_way = self.under_way.load(Ordering::Relaxed);
        line(format_args!("# HELP frontdesk_requests_under_way Requests that are being answered."));
        line(format_args!("# TYPE frontdesk_requests_under_way gauge\nfrontdesk_requests_under_way {under_way}"));
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        line(format_args!("# HELP frontdesk_requests_total Requests that were answered."));
        line(format_args!("# TYPE frontdesk_requests_total counter"));
        for ((method, route), series) in routes.iter() {
            for (status, count) in &series.by_status {
                let labels = format_args!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
                line(format_args!("frontdesk_requests_total{{{labels}}} {count}"));
            }
        }
        line(format_args!("# HELP frontdesk_request_seconds Time that answers took."));
        line(format_args!("# TYPE frontdesk_request_seconds histogram"));
        for ((method, route), series) in routes.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\"");
            let mut below = 0;
            for (bound, count) in BOUNDS_MS.iter().zip(series.by_time) {
                below += count;
                let bound = f64::from(*bound) / 1000.0;
                line(format_args!("frontdesk_request_seconds_bucket{{{labels},le=\"{bound}\"}} {below}"));
            }
            let count: u64 = series.by_status.values().sum();
            line(format_args!("frontdesk_request_seconds_bucket{{{labels},le=\"+Inf\"}} {count}"));
            let (seconds, rest) = (series.total_ms / 1000, series.total_ms % 1000);
            line(format_args!("frontdesk_request_seconds_sum{{{labels}}} {seconds}.{rest:03}"));
            line(format_args!("frontdesk_request_seconds_count{{{labels}}} {count}"));
        }
        text
    }
}

/// The verb, if it is one of the protocol: callers may make up others without end.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn requests_are_counted_by_route_status_and_time() {
        let metrics = Metrics::default();
        let route = "/v1/client/sessions/{id}/tokens";
        for (status, took) in [(200, 3), (200, 12), (404, 20_000)] {
            metrics.answered(&Method::POST, route, status, took);
        }
        metrics.answered(&Method::from_bytes(b"MADEUP").unwrap(), NO_ROUTE, 405, -1);
        let under_way = metrics.begin();
        let text = metrics.render(Health { deliveries_waiting: Some(2) });
        for line in [
            "frontdesk_database_up 1",
            "frontdesk_deliveries_waiting 2",
            "frontdesk_requests_under_way 1",
            "frontdesk_requests_total{method=\"POST\",route=\"/v1/client/sessions/{id}/tokens\",status=\"200\"} 2",
            "frontdesk_requests_total{method=\"other\",route=\"none\",status=\"405\"} 1",
            "frontdesk_request_seconds_bucket{method=\"POST\",route=\"/v1/client/sessions/{id}/tokens\",le=\"0.005\"} 1",
            "frontdesk_request_seconds_bucket{method=\"POST\",route=\"/v1/client/sessions/{id}/tokens\",le=\"10\"} 2",
            "frontdesk_request_seconds_bucket{method=\"POST\",route=\"/v1/client/sessions/{id}/tokens\",le=\"+Inf\"} 3",
            "frontdesk_request_seconds_sum{method=\"POST\",route=\"/v1/client/sessions/{id}/tokens\"} 20.015",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        drop(under_way);
        let text = metrics.render(Health { deliveries_waiting: None });
        assert!(text.contains("frontdesk_database_up 0\n") && text.contains("frontdesk_requests_under_way 0\n"));
    }
}
