// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/commands.h"
#include "agent/protocol/json.h"
#include "agent/rules/sqlguard.h"
#include "agent/rules/sqlscript.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

namespace zandb::agent {
namespace {

using rules::GuardContext;
using rules::Verdict;

constexpr std::size_t maxLine = 4u << 20;    ///< of --jsonl; a statement of the greatest size in \u escapes has a tenth of it
constexpr std::size_t maxScript = 256u << 20;

constexpr const char *usage =
    "usage: zandb-agent check-sql [--jsonl | --script] [--role viewer|operator|admin] [--flavour mysql|mariadb] [--schema S] [FILE...]\n"
    "\n"
    "Says of each statement whether batch SQL runs it, as one line of JSON: verdict, class, why, at (offset in bytes).\n"
    "Each FILE, or standard input, is one statement; --jsonl: each line is {\"sql\":...} or {\"sql_hex\":...};\n"
    "--script: a script of statements, with DELIMITER lines perhaps.  Without --role the role is taken to suffice.\n";

enum class Form { Statement, Lines, Script };

struct Options
{
    Form form = Form::Statement;
    std::string schema;
    GuardContext context;
    std::vector<std::string> files;
};

Json answer(const Verdict &verdict)
{
    return {{"verdict", verdict.allowed ? "allow" : "deny"},
            {"class", verdict.statementClass ? Json(std::string(1, verdict.statementClass)) : Json(nullptr)},
            {"why", verdict.why()},
            {"at", verdict.at}};
}

Json refusal(const std::string &why)
{
    return {{"verdict", "deny"}, {"class", nullptr}, {"why", "G1.1 " + why}, {"at", 0}};
}

void print(const Json &line)
{
    const std::string text = dumpJson(line) + '\n';
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

std::optional<std::string> fromHex(std::string_view hex)
{
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
    if (hex.size() % 2 != 0)
        return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = digit(hex[i]), low = digit(hex[i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

Json judgeLine(std::string_view line, const GuardContext &context)
{
    const auto json = parseJson(line);
    if (!json || !json->is_object())
        return refusal("the line is no JSON object in UTF-8");
    const auto sql = json->find("sql"), hex = json->find("sql_hex");
    if ((sql == json->end()) == (hex == json->end()))
        return refusal("the line needs either \"sql\" or \"sql_hex\"");
    const Json &value = sql == json->end() ? *hex : *sql;
    if (!value.is_string())
        return refusal("\"sql\" and \"sql_hex\" are strings");
    const auto &text = value.get_ref<const std::string &>();
    if (sql != json->end())
        return answer(rules::judge(text, context));
    const auto bytes = fromHex(text);
    return bytes ? answer(rules::judge(*bytes, context)) : refusal("\"sql_hex\" is not hexadecimal");
}

/// Reads one line without its LF; false at the end.  What goes beyond maxLine is dropped and `*whole` is false.
bool readLine(std::FILE *in, std::string *line, bool *whole)
{
    line->clear();
    *whole = true;
    bool any = false;
    for (int c = std::getc(in); c != EOF; c = std::getc(in)) {
        any = true;
        if (c == '\n')
            return true;
        if (line->size() < maxLine)
            *line += static_cast<char>(c);
        else
            *whole = false;
    }
    return any;
}

void judgeLines(std::FILE *in, const GuardContext &context)
{
    std::string line;
    bool whole = true;
    while (readLine(in, &line, &whole))
        print(whole ? judgeLine(line, context) : refusal("the line is longer than 4 MiB"));
}

std::string readAll(std::FILE *in)
{
    std::string text;
    char buffer[65536];
    for (std::size_t n = 0; text.size() <= maxScript && (n = std::fread(buffer, 1, sizeof buffer, in)) > 0;)
        text.append(buffer, n);
    return text;
}

void judgeScript(const std::string &script, const GuardContext &context)
{
    const auto split = rules::splitScript(script);
    if (split.problem) {
        Json line = refusal(std::string(split.problem->text));
        line["at"] = split.problem->offset;
        line["line"] = split.problem->line;
        print(line);
        return;
    }
    for (const auto &item : split.items) {
        Json line = answer(rules::judge(std::string_view(script).substr(item.offset, item.length), context));
        line["line"] = item.line;
        line["offset"] = item.offset;
        print(line);
    }
}

void judgeStream(std::FILE *in, const Options &options)
{
    if (options.form == Form::Lines)
        judgeLines(in, options.context);
    else if (options.form == Form::Script)
        judgeScript(readAll(in), options.context);
    else
        print(answer(rules::judge(readAll(in), options.context)));
}

std::optional<Options> parse(std::span<const std::string> args)
{
    Options options;
    for (std::size_t i = 0; i < args.size(); ++i) {
        std::string_view name = args[i];
        std::optional<std::string_view> value;
        if (const auto equals = name.find('='); name.starts_with("--") && equals != std::string_view::npos) {
            value = name.substr(equals + 1);
            name = name.substr(0, equals);
        }
        if (name == "--jsonl" && !value) {
            options.form = Form::Lines;
        } else if (name == "--script" && !value) {
            options.form = Form::Script;
        } else if (name == "--role" || name == "--flavour" || name == "--schema") {
            if (!value && i + 1 < args.size())
                value = args[++i];
            if (!value)
                return std::nullopt;
            if (name == "--schema") {
                options.schema = *value;
            } else if (name == "--role") {
                options.context.role = rules::guardRoleFromString(*value);
                if (!options.context.role)
                    return std::nullopt;
            } else {
                const auto flavour = rules::guardFlavourFromString(*value);
                if (!flavour)
                    return std::nullopt;
                options.context.flavour = *flavour;
            }
        } else if (name == "-" || !name.starts_with('-')) {
            options.files.emplace_back(name);
        } else {
            return std::nullopt;
        }
    }
    return options;
}

} // namespace

int checkSqlMain(std::span<const std::string> args)
{
    if (args.size() == 1 && (args[0] == "--help" || args[0] == "-h")) {
        std::fputs(usage, stdout);
        return 0;
    }
    auto options = parse(args);
    if (!options) {
        std::fputs(usage, stderr);
        return 2;
    }
    options->context.schema = options->schema;
    if (options->files.empty())
        options->files.emplace_back("-");
    int status = 0;
    for (const std::string &file : options->files) {
        if (file == "-") {
            judgeStream(stdin, *options);
            continue;
        }
        const std::unique_ptr<std::FILE, int (*)(std::FILE *)> in(std::fopen(file.c_str(), "rb"), &std::fclose);
        if (!in) {
            std::fprintf(stderr, "zandb-agent: %s: %s\n", file.c_str(), std::strerror(errno));
            status = 1;
            continue;
        }
        judgeStream(in.get(), *options);
    }
    return status;
}

} // namespace zandb::agent
