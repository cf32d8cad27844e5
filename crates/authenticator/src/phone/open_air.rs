//! The air around this computer: its Bluetooth, and the internet.

use btleplug::{
    api::{Central as _, CentralEvent, CentralState, Manager as _, ScanFilter, bleuuid::uuid_from_u16},
    platform::{Adapter, Manager},
};
use futures_util::{StreamExt as _, future::BoxFuture};
use tokio::sync::{OnceCell, mpsc};

use super::{Air, Pipe, Server, tunnel};
use crate::{Fault, Unready};

/// Under which numbers phones say that they have read a code: FIDO's own, and Google's, which iPhones use.
const SERVICES: [u16; 2] = [0xfff9, 0xfde2];
/// What was heard and waits to be looked at.
const WAITING: usize = 64;

/// Bluetooth and the internet, as this computer has them.
#[derive(Default)]
pub struct OpenAir {
    /// Opened once: the library never closes what it opens.
    manager: OnceCell<Manager>,
}

impl OpenAir {
    /// The first adapter, or why there is none.
    async fn adapter(&self) -> Result<Adapter, String> {
        let manager = self.manager.get_or_try_init(Manager::new).await.map_err(|error| error.to_string())?;
        let adapters = manager.adapters().await.map_err(|error| error.to_string())?;
        adapters.into_iter().next().ok_or_else(|| "no adapter was found".to_owned())
    }
}

impl Air for OpenAir {
    fn ready(&self) -> BoxFuture<'_, Result<(), Unready>> {
        Box::pin(async move {
            // macOS would ask the person, who has not chosen anything yet.
            if cfg!(target_os = "macos") {
                return Ok(());
            }
            let adapter = self.adapter().await.map_err(Unready::NoBluetooth)?;
            match adapter.adapter_state().await {
                Ok(CentralState::PoweredOff) => Err(Unready::BluetoothOff),
                // Whoever does not say can be tried.
                Ok(_) => Ok(()),
                Err(error) => Err(Unready::NoBluetooth(error.to_string())),
            }
        })
    }

    fn listen(&self) -> BoxFuture<'_, Result<mpsc::Receiver<Vec<u8>>, Fault>> {
        Box::pin(async move {
            let adapter = self.adapter().await.map_err(Fault::Bluetooth)?;
            let mut events = adapter.events().await.map_err(|error| silent(&error))?;
            adapter.start_scan(filter()).await.map_err(|error| silent(&error))?;
            let (tell, said) = mpsc::channel(WAITING);
            tokio::spawn(async move {
                loop {
                    let event = tokio::select! {
                        () = tell.closed() => break,
                        event = events.next() => event,
                    };
                    let Some(event) = event else { break };
                    let CentralEvent::ServiceDataAdvertisement { mut service_data, .. } = event else { continue };
                    for service in SERVICES {
                        if let Some(data) = service_data.remove(&uuid_from_u16(service)) {
                            // What nobody has looked at yet is said again a moment later.
                            tell.try_send(data).ok();
                        }
                    }
                }
                adapter.stop_scan().await.ok();
            });
            Ok(said)
        })
    }

    fn connect(&self, server: Server, path: String) -> BoxFuture<'_, Result<Pipe, Fault>> {
        Box::pin(async move { tunnel::connect(server, &path).await })
    }
}

/// What is asked of the system. Linux leaves out phones that announce no service where one is asked for, and tells of everything
/// otherwise; macOS wants to be told.
fn filter() -> ScanFilter {
    if cfg!(target_os = "linux") {
        ScanFilter::default()
    } else {
        ScanFilter { services: SERVICES.map(uuid_from_u16).into() }
    }
}

fn silent(error: &btleplug::Error) -> Fault {
    Fault::Bluetooth(error.to_string())
}
