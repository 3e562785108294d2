// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sqlscript.h"

#include "agent/rules/sqlscript.h"
#include "app/batchsql/scripttext.h"
#include "app/cli/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace zandb::cli {
namespace {

constexpr std::size_t maxScript = 50u << 20;

} // namespace

Result<std::string> scriptText(const Args &args)
{
    if (args.has("sql"))
        return args.option("sql");
    const std::string file = args.option("file", "-");
    const std::unique_ptr<std::FILE, int (*)(std::FILE *)> opened(file == "-" ? nullptr : std::fopen(file.c_str(), "rb"), [](std::FILE *f) { return f ? std::fclose(f) : 0; });
    if (file != "-" && !opened)
        return fail(usageError(file + ": " + std::strerror(errno)));
    std::FILE *in = opened ? opened.get() : stdin;
    std::string text;
    char buffer[65536];
    for (std::size_t n = 0; text.size() <= maxScript && (n = std::fread(buffer, 1, sizeof buffer, in)) > 0;)
        text.append(buffer, n);
    if (text.size() > maxScript)
        return fail(usageError("the script is longer than 50 MiB"));
    auto script = batchsql::textOfScript(std::move(text), args.option("encoding"));
    if (!script.problem.empty())
        return fail(usageError((file == "-" ? std::string("standard input") : file) + ": " + script.problem));
    if (!script.note.empty())
        warnLine(script.note);
    return std::move(script.text);
}

Result<std::vector<JudgedStatement>> judgeScript(const Args &args, std::size_t most)
{
    const auto script = scriptText(args);
    return script ? judgeText(*script, args.option("schema"), most) : Result<std::vector<JudgedStatement>>(fail(script.error()));
}

Result<std::vector<JudgedStatement>> judgeText(const std::string &script, const std::string &schema, std::size_t most)
{
    const auto split = rules::splitScript(script);
    if (split.problem)
        return fail(usageError("line " + std::to_string(split.problem->line) + ": " + std::string(split.problem->text)));
    rules::GuardContext context;
    context.schema = schema;
    std::vector<JudgedStatement> all;
    for (const auto &item : split.items) {
        std::string sql = script.substr(item.offset, item.length);
        auto verdict = rules::judge(sql, context);
        all.push_back({std::move(sql), item.line, std::move(verdict)});
    }
    if (all.empty())
        return fail(usageError("there is no statement; give --sql, --file or standard input"));
    if (all.size() > most)
        return fail(usageError("a script has at most " + std::to_string(most) + " statements"));
    return all;
}

Result<std::vector<std::string>> allowedStatements(const std::vector<JudgedStatement> &judged, bool confirmed)
{
    std::vector<std::string> statements;
    for (const JudgedStatement &one : judged) {
        if (!one.verdict.allowed)
            return fail(usageError("line " + std::to_string(one.line) + " is not run: " + one.verdict.why()));
        if (one.verdict.needsConfirmation && !confirmed)
            return fail(usageError("line " + std::to_string(one.line) + " needs --confirmed: " + one.verdict.why()));
        statements.push_back(one.sql);
    }
    return statements;
}

} // namespace zandb::cli
