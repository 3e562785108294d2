// SPDX-License-Identifier: GPL-3.0-or-later
// What root reads from another user: a request to the helper.
#include "agent/privileged/request.h"

#include <cstdlib>

using namespace zandb;
using namespace zandb::agent;

namespace {

void require(bool right)
{
    if (!right)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto request = parseHelperRequest({reinterpret_cast<const char *>(data), size});
    if (!request)
        return 0;
    require(size <= maxHelperRequest);
    for (const auto &[name, value] : request->arguments.items()) {
        require(value.is_string() || value.is_boolean() || value.is_number_unsigned());
        if (!value.is_string())
            continue;
        const auto &text = value.get_ref<const std::string &>();
        for (const unsigned char c : text)
            require(c >= 0x20 && c < 0x7f);
        // names are no paths; a key and what else is text is judged by who uses it
        if (name == "instance" || name == "id" || name == "restore" || name == "action")
            require(!text.empty() && text.find('/') == text.npos && text.front() != '.' && text.front() != '-');
    }
    std::string line = encodeHelperRequest(*request);
    require(line.find('\n') + 1 == line.size());
    line.pop_back();
    const auto again = parseHelperRequest(line);
    require(again && again->verb == request->verb && again->arguments == request->arguments);
    return 0;
}
