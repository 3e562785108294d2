// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlnames.h"

namespace zandb::batchsql {

Json namesParams(const Instance &instance, const std::string &schema)
{
    return Json(wire::SqlNamesArgs{instance.name, schema});
}

Result<wire::SqlNames> namesAnswer(Result<Json> answer)
{
    return answer ? decode<wire::SqlNames>(*answer) : Result<wire::SqlNames>(fail(std::move(answer.error())));
}

} // namespace zandb::batchsql
