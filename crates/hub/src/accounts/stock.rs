//! Numbers that can be subscribed to.

use leaseline_core::did::{DidPlace, NoSuchPlace, OfferedDid, find_country, find_places};
use leaseline_core::pool::Service;
use leaseline_store::load;

use crate::failure::Failure;
use crate::hub::Hub;

impl Hub {
    /// The countries in which a number of the service is free, in the order of their names.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer.
    pub async fn did_countries(&self, service: Service) -> Result<Vec<String>, Failure> {
        let now = self.now();
        let stocked = self.read(move |tx| load::did_stock::places(tx, service, now)).await?;
        let free = stocked.into_iter().filter(|stocked| stocked.has_free);
        Ok(DidPlace::countries(free.map(|stocked| stocked.place)))
    }

    /// The cities of a country in which a number of the service is free, in the order of their
    /// names.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer; the inner error when no number of the service,
    /// free or not, is in the country.
    pub async fn did_cities(
        &self,
        service: Service,
        country: &str,
    ) -> Result<Result<Vec<DidPlace>, NoSuchPlace>, Failure> {
        let now = self.now();
        let stocked = self.read(move |tx| load::did_stock::places(tx, service, now)).await?;
        let places: Vec<_> = stocked.iter().map(|stocked| stocked.place.clone()).collect();
        if let Err(no) = find_country(&places, country) {
            return Ok(Err(no));
        }
        let here = stocked.into_iter().filter(|it| it.has_free && it.place.is_in_country(country));
        Ok(Ok(DidPlace::cities(here.map(|stocked| stocked.place))))
    }

    /// At most so many free numbers of a service in a city, in their order. They are not held.
    ///
    /// # Errors
    /// [`Failure`] when the store does not answer; the inner error when no number of the service,
    /// free or not, is there.
    pub async fn offered_dids(
        &self,
        service: Service,
        place: DidPlace,
        limit: u32,
    ) -> Result<Result<Vec<OfferedDid>, NoSuchPlace>, Failure> {
        let now = self.now();
        self.read(move |tx| {
            let stocked = load::did_stock::places(tx, service, now)?;
            let places: Vec<_> = stocked.iter().map(|stocked| stocked.place.clone()).collect();
            if let Err(no) = find_places(&places, &place.country, &place.city) {
                return Ok(Err(no));
            }
            let here = stocked.into_iter().filter(|it| it.place.is(&place.country, &place.city));
            let here: Vec<_> = here.collect();
            load::did_stock::free(tx, &here, limit, now).map(Ok)
        })
        .await
    }
}
