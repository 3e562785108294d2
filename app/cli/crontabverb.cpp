// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/taskparts.h"
#include "models/schedule/crontab.h"
#include "models/schedule/zonetable.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

namespace zandb::cli {
namespace {

/// A word of a command for a person's shell.
std::string quoted(const std::string &word)
{
    const bool isPlain = !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("_./:=,@%+-").find(c) != std::string_view::npos;
    });
    if (isPlain)
        return word;
    std::string out = "'";
    for (const char c : word)
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string tomlText(const std::string &text)
{
    std::string out = "\"";
    for (const char c : text)
        out += (c == '"' || c == '\\') ? std::string{'\\', c} : std::string(1, c);
    return out + "\"";
}

std::string taskCommand(const crontab::Line &line)
{
    std::string command = "zandbctl task add " + quoted("cron-" + std::to_string(line.number)) + " --kind " + line.kind;
    if (!line.scriptName.empty())
        command += " --script " + quoted(line.scriptName) + " --each host";
    if (line.args.contains("method"))
        command += " --method " + line.args["method"].get<std::string>();
    return command + " --schedule " + quoted(dumpJson(line.schedule)) + " --host HOST";
}

std::string catalogueEntry(const crontab::Line &line)
{
    std::string arguments;
    for (std::size_t i = 1; i < line.words.size(); ++i)
        arguments += (i > 1 ? ", " : "") + tomlText(line.words[i]);
    return "[[script]]\nname = " + tomlText(line.scriptName) + "\nprogram = " + tomlText(line.words.front()) + "\narguments = [" + arguments + "]\nscheduled = true\n";
}

Result<int> reportCrontab(Context &context, const Args &args)
{
    constexpr std::size_t mostBytes = 1 << 20;
    std::string text;
    const std::string path = args.word(0);
    const auto take = [&](std::istream &in) {
        text.resize(mostBytes + 1);
        in.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(in.gcount()));
    };
    if (path == "-") {
        take(std::cin);
    } else {
        errno = 0;
        std::ifstream in(path, std::ios::binary);
        if (!in || (in.peek(), in.bad() || (in.fail() && !in.eof())))
            return fail(makeError(errors::ioFailed, {{"path", path}, {"detail", errno ? std::strerror(errno) : "it is no file that can be read"}}));
        take(in);
    }
    if (text.size() > mostBytes)
        return fail(usageError("the file is larger than 1 MiB: no crontab is"));
    crontab::Options options{args.flag("system"), args.option("zone", systemZone())};
    Json array = Json::array();
    std::string catalogue;
    std::set<std::string> entries;
    std::size_t tasks = 0, left = 0;
    const auto lines = crontab::read(text, options);
    for (const crontab::Line &line : lines) {
        Json notes = Json::array();
        for (const std::string &note : line.notes)
            notes.push_back({{"code", note}, {"text", crontab::reasonText(note)}});
        array.push_back({{"line", line.number}, {"text", line.text}, {"verdict", line.verdict}, {"user", line.user}, {"kind", line.kind}, {"schedule", line.schedule},
                         {"args", line.args}, {"command", line.words}, {"why", line.why}, {"why_text", line.why.empty() ? Json() : Json(crontab::reasonText(line.why))}, {"notes", notes}});
        tasks += line.verdict == "task";
        left += line.verdict == "no";
        if (context.json())
            continue;
        if (line.verdict == "setting" && line.notes.empty())
            continue;
        printLine("Line " + std::to_string(line.number) + ": " + printable(line.text));
        if (line.verdict == "task")
            printLine("    " + printable(taskCommand(line)));
        else if (line.verdict == "no")
            printLine("    no task: " + crontab::reasonText(line.why));
        for (const std::string &note : line.notes)
            printLine("    note: " + crontab::reasonText(note));
        if (!line.scriptName.empty() && entries.insert(line.scriptName).second)
            catalogue += (catalogue.empty() ? "" : "\n") + catalogueEntry(line);
    }
    context.print(array);
    if (context.json())
        return exitOk;
    if (!catalogue.empty())
        printLine("\nFor agent.toml on the host, which its administrator edits; take each out of the crontab once its task has run:\n\n" + printable(catalogue, true));
    printLine(std::to_string(tasks) + (tasks == 1 ? " line becomes a task, " : " lines become tasks, ") + std::to_string(left) + (left == 1 ? " cannot." : " cannot."));
    return exitOk;
}

} // namespace

Verb crontabVerb()
{
    return {"task", "crontab", "FILE|- [--system] [--zone Europe/Berlin]",
            "read a crontab and say which lines become which tasks, and which cannot; nothing is changed.  --system: a file of /etc/cron.d, with users; --zone: of its times",
            {{"zone"}, {"system"}}, reportCrontab, 1, 1, false};
}

} // namespace zandb::cli
