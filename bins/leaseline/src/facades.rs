//! Every facade in one process.

use actix_web::web::ServiceConfig;
use leaseline_hub::Hub;
use leaseline_service::{Config, Problem};

/// The settings of each.
pub(crate) struct Facades {
    pub(crate) apigate: leaseline_apigate::Settings,
    pub(crate) mor: leaseline_mor::Settings,
    traitel: leaseline_traitel::Settings,
    switch: leaseline_switch::Settings,
}

impl Facades {
    /// Reads the files with secrets, and makes a SQLite database's own.
    pub(crate) fn configured(config: &Config) -> Result<Self, Problem> {
        Ok(Self {
            apigate: leaseline_apigate_server::settings(config)?,
            mor: leaseline_mor_server::settings(config)?,
            traitel: leaseline_traitel_server::settings(config),
            switch: leaseline_switch_server::settings(config),
        })
    }

    /// Mounts all of them. Of the paths under `/api/` MOR takes those of one segment, and Apigate
    /// what is left.
    pub(crate) fn routes(self, hub: Hub) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
        let traitel = leaseline_traitel::routes(hub.clone(), self.traitel);
        let switch = leaseline_switch::routes(hub.clone(), self.switch);
        let mor = leaseline_mor::routes(hub.clone(), self.mor);
        let apigate = leaseline_apigate::routes(hub, self.apigate);
        move |app| {
            traitel(app);
            switch(app);
            mor(app);
            apigate(app);
        }
    }
}
