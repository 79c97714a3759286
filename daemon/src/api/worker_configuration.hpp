// A snapshot made ready for one worker: with a credential service and prepared answers of its own.
//
// Everything that may fail is done when it is made, on any thread; publishing it to its worker cannot fail.
//
// Thread safety: belongs to one worker once it is published.
// Ownership:     counted without atomics; the worker and the requests that began with it hold it.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <memory>
#include <utility>

#include "api/snapshot.hpp"
#include "credcache/credential_service.hpp"
#include "formats/resolve_writer.hpp"

namespace credcached::api {

struct worker_configuration : boost::intrusive_ref_counter<worker_configuration, boost::thread_unsafe_counter> {
  worker_configuration(std::shared_ptr<const snapshot> configuration,
                       std::shared_ptr<credcache::credential_cache> cache)
      : configured(std::move(configuration)),
        service(std::move(cache), configured->key, configured->catalog, configured->sources(),
                configured->settings.lifetime),
        writer(*configured->catalog) {}

  std::shared_ptr<const snapshot> configured;
  credcache::credential_service service;
  formats::resolve_writer writer;
};
using worker_configuration_ptr = boost::intrusive_ptr<worker_configuration>;

}  // namespace credcached::api
