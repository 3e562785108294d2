// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/connection.h"

#include <algorithm>
#include <cctype>

namespace zandb::store {
namespace {

bool mentions(const std::string &message, std::string_view word)
{
    return std::ranges::search(message, word, [](char a, char b) {
               return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
           }).begin() != message.end();
}

std::string place(const StoreSettings &settings)
{
    return settings.socket.empty() ? settings.host : settings.socket.string();
}

Error unreachable(const SqlFailure &failure, const StoreSettings &settings)
{
    return makeError(errors::storeUnreachable, {{"host", place(settings)},
                                                {"port", settings.socket.empty() ? std::to_string(settings.port) : ""},
                                                {"detail", failure.message}});
}

} // namespace

bool isRetryable(int number)
{
    switch (number) {
    case 1213: // deadlock
    case 1205: // lock wait timeout
    case 1047: // Galera: not prepared yet
    case 3101: // Group Replication rolled it back
    case 8022:
    case 9007:
        return true;
    default:
        return false;
    }
}

bool isLoopback(const StoreSettings &settings)
{
    return !settings.socket.empty() || settings.host.empty() || settings.host == "localhost" || settings.host == "::1"
        || settings.host.starts_with("127.");
}

Error toError(const SqlFailure &failure, const StoreSettings &settings)
{
    switch (failure.number) {
    case 2005: {
        Error error = makeError(errors::storeUnknownHost, {{"host", settings.host}});
        if (mentions(failure.message, "(-3)")) // EAI_AGAIN: the name service itself did not answer
            error.errorClass = ErrorClass::Transient;
        return error;
    }
    case 1045: // wrong password or no such account
    case 1698: // the account logs in by another way
    case 1820: // password expired
    case 1862:
    case 3118: // account locked
    case 4151:
        return makeError(errors::storePassword, {{"user", settings.user}, {"host", place(settings)}});
    case 2026:
    case 3159: // the server insists on TLS
        return makeError(errors::storeTls, {{"host", settings.host}, {"detail", failure.message}});
    case 1049:
        return makeError(errors::storeSchemaMissing, {{"schema", settings.schema}});
    case 1792:
    case 1836:
        return makeError(errors::storeReadOnly);
    case 1290:
        if (mentions(failure.message, "read-only") || mentions(failure.message, "read_only"))
            return makeError(errors::storeReadOnly);
        break;
    case 1114:
    case 1021:
        return makeError(errors::storeFull);
    case 3:    // EE_WRITE
    case 20:   // EE_DISK_FULL
    case 1026: // error writing file
    case 1030: // got error N from storage engine
        if (mentions(failure.message, "errno: 28") || mentions(failure.message, "error 28")
            || mentions(failure.message, "error: 28") || mentions(failure.message, "no space left"))
            return makeError(errors::storeFull);
        break;
    case 1044:
    case 1130: // this client's host may not connect at all
    case 1142:
    case 1143:
    case 1227:
    case 1370:
        return makeError(errors::storeDenied, {{"what", failure.message}});
    case 1040: // too many connections
    case 1129: // host blocked after too many errors
    case 1203:
    case 2002:
    case 2003:
    case 2004:
        return unreachable(failure, settings);
    default:
        break;
    }
    if (failure.lost)
        return unreachable(failure, settings);
    Error error = makeError(errors::storeSql, {{"errno", std::to_string(failure.number)}, {"detail", failure.message}});
    if (isRetryable(failure.number))
        error.errorClass = ErrorClass::Transient;
    return error;
}

} // namespace zandb::store
