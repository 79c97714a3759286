// The library's names without their definitions, for headers that only pass them on.
#pragma once

#include <cstdint>

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

class cipher;
class credential_cache;
class credential_service;
class locked_memory;
class master_key;
class observer;
class provider_catalog;
class resolution;
class sealed_source;
class sealed_values;
class secret;
class secret_buffer;
class value_source;

struct add_request;
struct credential_definition;
struct credential_key;
struct credential_key_view;
struct csp_definition;
struct explanation;
struct failure;
struct given_variable;
struct import_report;
struct instant;
struct listed_credential;
struct owner;
struct owner_view;
struct removal;
struct resolve_request;
struct variable_definition;

enum class credential_type : std::uint8_t;
enum class error;
enum class owner_kind : std::uint8_t;
enum class purpose : std::uint8_t;
enum class put_outcome : std::uint8_t;
enum class value_origin : std::uint8_t;

}  // namespace credcache::inline v1
#pragma GCC visibility pop
