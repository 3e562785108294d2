// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace zandb {

/// Whether trying again by itself may help.  Only `transient` errors are retried automatically; `unknown` means
/// that nobody can say whether the work was done, and a person decides.
enum class ErrorClass { Transient, Permanent, Unknown };

/// One entry of a side's list of codes (agent/protocol/errors.h, app/platform/errors.h).  The text is stable and
/// dotted (`ssh.hostkey.changed`); it is stored and never renamed.
struct ErrorCode
{
    std::string_view text;
    ErrorClass errorClass;
};

/// What went wrong, as facts: a code, named fields (`host`, `path`, `detail`, ...) and what caused it.  Never prose
/// and never a secret: texts are made, translated, in models/.
struct Error
{
    std::string code;
    ErrorClass errorClass = ErrorClass::Permanent;
    std::map<std::string, std::string> fields;
    std::shared_ptr<const Error> cause;

    bool is(const ErrorCode &other) const { return code == other.text; }
    bool isTransient() const { return errorClass == ErrorClass::Transient; }
};

template<class T>
using Result = tl::expected<T, Error>;

/// An Error of a listed code.
inline Error makeError(const ErrorCode &code, std::map<std::string, std::string> fields = {})
{
    return Error{std::string(code.text), code.errorClass, std::move(fields), nullptr};
}
/// The same with the error that led to it.
inline Error makeError(const ErrorCode &code, std::map<std::string, std::string> fields, Error cause)
{
    return Error{std::string(code.text), code.errorClass, std::move(fields), std::make_shared<const Error>(std::move(cause))};
}
/// For `return fail(...)` out of a function that returns Result<T>.
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
inline tl::unexpected<Error> fail(const ErrorCode &code, std::map<std::string, std::string> fields = {})
{
    return tl::unexpected<Error>(makeError(code, std::move(fields)));
}

/// `transient`, `permanent`, `unknown`: the words of wire and store.
std::string_view toString(ErrorClass errorClass);
ErrorClass errorClassFromString(std::string_view text);
/// For logs and developers: `backup.coverage{instance=my3306} <- tool.exit{status=1}`.
std::string describe(const Error &error);

} // namespace zandb
