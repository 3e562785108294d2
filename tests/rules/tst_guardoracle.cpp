// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/sqllexer.h"
#include "tests/rules/cases.h"
#include "tests/rules/oracle.h"

#include <QTest>

#include <random>

using namespace zandb::rules;
using zandb::test::oracle;

/// Steps 1 and 2 as the guard reads them and as a second reading does, which shares no line with it.
class TestGuardOracle : public QObject
{
    Q_OBJECT

    static std::string shown(const std::string &text)
    {
        std::string words;
        for (const char c : text) {
            char one[8];
            std::snprintf(one, sizeof one, c >= 0x20 && c < 0x7f ? "%c" : "^%02X", static_cast<unsigned char>(c));
            words += one;
        }
        return words;
    }

    /// What the guard says of it; "" when both agree.
    static std::string difference(const std::string &text)
    {
        std::vector<Token> tokens;
        auto denial = checkBytes(text);
        if (!denial)
            denial = lexInAllModes(text, tokens);
        const auto reading = oracle(text);
        if (reading.allowed == denial.has_value())
            return "guard " + std::string(denial ? denial->reason.code : "allows") + ", oracle " + (reading.allowed ? "allows" : "denies") + ": " + shown(text);
        if (denial)
            return denial->at <= text.size() ? "" : "the place is outside: " + shown(text);
        // where literals, names and comments are
        std::string paint(text.size(), '.');
        for (const Token &token : tokens) {
            const char colour = token.kind == TokenKind::Single ? 's' : token.kind == TokenKind::Double ? 'd' : token.kind == TokenKind::Backtick ? 'b'
                : token.kind == TokenKind::Hint                                                      ? 'h'
                                                                                                     : 'x';
            paint.replace(token.begin, token.end - token.begin, token.end - token.begin, colour);
        }
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char theirs = reading.paint[i] == 'c' || reading.paint[i] == ' ' ? '.' : reading.paint[i];
            const bool bits = paint[i] == 'x' && theirs == 's'; // x'41' is one token
            if (paint[i] != theirs && !bits)
                return "byte " + std::to_string(i) + " is " + paint[i] + ", by the oracle " + theirs + ": " + shown(text);
        }
        return "";
    }

    static constexpr const char *pieces[] = {
        "SELECT", "select", "a", "t", "_latin1", "_utf8mb4", "_binary", "N", "x", "b", "e", "$", "$$", "1", "0", "5", ".5", "1.5", "1e5", "1.e", "0x1F", "0b1", "0X1", "9",
        ".", ",", "(", ")", "((", "))", "'", "''", "'a'", "'\\''", "'\\\\'", "\"", "\"\"", "\"b\"", "\"\\\"\"", "`", "`c`", "``", "\\", "--", "-- ", "--\t", "#", "/*", "*/",
        "/**/", "/*!", "/*+", "/*+ */", "/*M!", "/*a!", "/* x */", "/*/", "\n", "\r", " ", "\t", "  ", ";", ":", ":=", "?", "{", "}", "@", "@@", "@x", "@@x", "*", "/", "-",
        "+", "=", "<", "<=", "<=>", "!", "!=", "||", "&&", "%", "^", "~", "[", "\x01", "\x1a", "\x7f", "\xc2\xa0", "\xc3\xa9", "\xe8\xa1\xa8", "\xe2\x80\x8b", "\xe2\x80\xa8",
        "\xff", "\xc0", "\xed\xa0\x80", "\xf0\x9f\x98\x80", "\xef\xbb\xbf", "\xc2\x85", "u@h", "'u'@'h'", "x'41'", "x'4'", "b'01'", "b'2'", "n'a'", "1-1", "1--1", "1a", "t.1", "a$b"};

private Q_SLOTS:
    void cases()
    {
        for (const auto &one : zandb::test::guardCases()) {
            const std::string found = difference(one.sql);
            QVERIFY2(found.empty(), (one.where + ": " + found).c_str());
        }
    }

    void randomTexts()
    {
        std::mt19937 random(20260101);
        std::uniform_int_distribution<std::size_t> piece(0, std::size(pieces) - 1), length(1, 9);
        int allowed = 0;
        for (int i = 0; i < 60'000; ++i) {
            std::string text = i % 2 ? "SELECT " : "";
            for (std::size_t n = length(random); n > 0; --n)
                text += pieces[piece(random)];
            const std::string found = difference(text);
            QVERIFY2(found.empty(), found.c_str());
            allowed += oracle(text).allowed;
        }
        QVERIFY2(allowed > 2'000 && allowed < 58'000, qPrintable(QString::number(allowed)));
    }

    void mutatedCases()
    {
        std::mt19937 random(20260102);
        const auto cases = zandb::test::guardCases();
        std::uniform_int_distribution<std::size_t> which(0, cases.size() - 1), piece(0, std::size(pieces) - 1);
        for (int i = 0; i < 20'000; ++i) {
            std::string text = cases[which(random)].sql;
            for (int changes = 1 + i % 3; changes > 0; --changes) {
                const std::size_t at = std::uniform_int_distribution<std::size_t>(0, text.size())(random);
                if (i % 5 == 0 && at < text.size())
                    text.erase(at, 1);
                else
                    text.insert(at, pieces[piece(random)]);
            }
            const std::string found = difference(text);
            QVERIFY2(found.empty(), found.c_str());
        }
    }

    /// The guard reads once where no string has a backslash; it may do so because all modes agree there.
    void modesDifferOnlyByBackslash()
    {
        std::mt19937 random(20260103);
        std::uniform_int_distribution<std::size_t> piece(0, std::size(pieces) - 1), length(1, 12);
        int compared = 0;
        for (int i = 0; i < 60'000; ++i) {
            std::string text;
            for (std::size_t n = length(random); n > 0; --n)
                text += pieces[piece(random)];
            std::vector<Token> plain, other;
            bool escapes = false;
            const auto denial = lex(text, {}, plain, &escapes);
            if (escapes)
                continue;
            for (const LexMode mode : {LexMode{true, false}, LexMode{false, true}, LexMode{true, true}}) {
                const auto same = lex(text, mode, other);
                QVERIFY2(denial.has_value() == same.has_value(), shown(text).c_str());
                if (denial)
                    continue;
                ++compared;
                QCOMPARE(plain.size(), other.size());
                for (std::size_t k = 0; k < plain.size(); ++k)
                    QVERIFY(plain[k].begin == other[k].begin && plain[k].end == other[k].end);
            }
        }
        QVERIFY(compared > 3'000);
    }
};

QTEST_GUILESS_MAIN(TestGuardOracle)
#include "tst_guardoracle.moc"
