// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/result.h"

namespace zandb {

std::string_view toString(ErrorClass errorClass)
{
    switch (errorClass) {
    case ErrorClass::Transient:
        return "transient";
    case ErrorClass::Permanent:
        return "permanent";
    case ErrorClass::Unknown:
        break;
    }
    return "unknown";
}

ErrorClass errorClassFromString(std::string_view text)
{
    if (text == "transient")
        return ErrorClass::Transient;
    return text == "permanent" ? ErrorClass::Permanent : ErrorClass::Unknown;
}

std::string describe(const Error &error)
{
    std::string text = error.code;
    if (!error.fields.empty()) {
        text += '{';
        bool first = true;
        for (const auto &[name, value] : error.fields) {
            if (!first)
                text += ", ";
            first = false;
            text += name + '=' + value;
        }
        text += '}';
    }
    if (error.cause)
        text += " <- " + describe(*error.cause);
    return text;
}

} // namespace zandb
