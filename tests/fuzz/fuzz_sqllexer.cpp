// SPDX-License-Identifier: GPL-3.0-or-later
// SQL text as it comes: bytes, tokens in four modes, scripts.
#include "agent/rules/sqllexer.h"
#include "agent/rules/sqlscript.h"
#include "tests/fuzz/require.h"

using namespace zandb::rules;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const auto bytes = checkBytes(text);
    require(!bytes || bytes->at <= size);
    std::vector<Token> first, tokens;
    bool escapes = false;
    const auto plain = lex(text, {}, first, &escapes);
    bool same = !plain;
    for (const bool ansi : {false, true}) {
        for (const bool noEscapes : {false, true}) {
            const auto denial = lex(text, {ansi, noEscapes}, tokens);
            if (denial) {
                require(denial->at <= size && !denial->reason.code.empty());
                same = false;
                continue;
            }
            // tokens stand in order and do not overlap, the last one is the end
            std::size_t at = 0;
            for (const Token &token : tokens) {
                require(token.begin >= at && token.end >= token.begin && token.end <= size);
                at = token.end;
            }
            require(tokens.back().kind == TokenKind::End);
            same = same && tokens.size() == first.size();
            for (std::size_t i = 0; same && i < tokens.size(); ++i)
                same = tokens[i].begin == first[i].begin && tokens[i].end == first[i].end;
        }
    }
    const auto all = lexInAllModes(text, tokens);
    require(all.has_value() || same);
    require(!same || !all || all->reason.code == "bytes.nothing");

    const SplitScript split = splitScript(text);
    std::size_t end = 0, line = 1;
    for (const ScriptItem &item : split.items) {
        require(item.length > 0 && item.offset >= end && item.offset + item.length <= size && item.line >= line);
        end = item.offset + item.length;
        line = item.line;
    }
    require(!split.problem || (split.items.empty() && split.problem->offset <= size));
    return 0;
}
