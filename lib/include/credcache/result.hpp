// A value, or the failure that stands in its place; shaped like std::expected, which needs C++23.
//
// Boost.System has such a type as well. Including it costs as much as all other headers of the library together.
//
// Thread safety: that of the value.
// Failure:       value() throws credential_error (error.hpp). operator* and operator-> are undefined without a
//                value, error() is with one: test the result first.
#pragma once

#include <optional>
#include <utility>

#include "credcache/error.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

template <class T>
class result;

template <>
class [[nodiscard]] result<void> {
 public:
  result() noexcept = default;
  result(failure reason) : reason_(std::move(reason)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return !reason_; }
  [[nodiscard]] bool has_value() const noexcept { return !reason_; }
  [[nodiscard]] bool has_error() const noexcept { return reason_.has_value(); }
  [[nodiscard]] const failure& error() const noexcept { return *reason_; }
  void value() const {
    if (reason_) throw credential_error(*reason_);
  }

 private:
  std::optional<failure> reason_;
};

template <class T>
class [[nodiscard]] result : public result<void> {
 public:
  result(T value) : value_(std::move(value)) {}
  result(failure reason) : result<void>(std::move(reason)) {}

  [[nodiscard]] T& operator*() & noexcept { return *value_; }
  [[nodiscard]] const T& operator*() const& noexcept { return *value_; }
  [[nodiscard]] T operator*() && noexcept { return std::move(*value_); }
  [[nodiscard]] T* operator->() noexcept { return &*value_; }
  [[nodiscard]] const T* operator->() const noexcept { return &*value_; }
  T& value() & {
    result<void>::value();
    return *value_;
  }
  const T& value() const& {
    result<void>::value();
    return *value_;
  }
  T value() && {  // by value: a loop over what a call returns must not outlive it
    result<void>::value();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
