// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/connection.h"
#include "app/store/migrations.h"
#include "app/store/sqltext.h"

#include <QTest>

#include <limits>

using namespace zandb;
using namespace zandb::store;

/// What needs no server: making SQL text, telling errors apart, reading rows that anybody may have written.
class TestSqlText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void literals()
    {
        QCOMPARE(literal(nullptr), std::string("NULL"));
        QCOMPARE(literal(value(std::numeric_limits<std::int64_t>::min())), std::string("-9223372036854775808"));
        QCOMPARE(literal(value(std::numeric_limits<double>::quiet_NaN())), std::string("NULL"));
        QCOMPARE(literal(value("plain")), std::string("'plain'"));
        QCOMPARE(literal(value("")), std::string("''"));
        QCOMPARE(literal(value("it's")), std::string("'it''s'"));
        QCOMPARE(literal(value("a\\' OR 1=1 -- ")), std::string("_utf8mb4 X'615c27204f5220313d31202d2d20'"));
        QCOMPARE(literal(value(std::string("\0", 1))), std::string("_utf8mb4 X'00'"));
        QCOMPARE(literal(value("\xff'")), std::string("X'ff27'"));
        QCOMPARE(literal(value("\xe4\xb8\xad")), std::string("'\xe4\xb8\xad'"));
    }

    void utf8()
    {
        for (const char *good : {"", "a", "\xc2\x80", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"})
            QVERIFY(isUtf8(good));
        for (const char *bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5", "\xe2\x82", "\xc3'"})
            QVERIFY2(!isUtf8(bad), bad);
    }

    void substitution()
    {
        QCOMPARE(substitute("a=? AND b='?' AND `?`=\"?\" -- ?\n AND c=?", {value(1), value("x")}).value(),
                 std::string("a=1 AND b='?' AND `?`=\"?\" -- ?\n AND c='x'"));
        QCOMPARE(substitute("'it''s ?' ?", {value("?")}).value(), std::string("'it''s ?' '?'"));
        QVERIFY(!substitute("?", {}));
        QVERIFY(!substitute("", {value(1)}));
        QCOMPARE(identifier("we`ird"), std::string("`we``ird`"));
        QCOMPARE(markRows(2, 3), std::string("(?,?,?),(?,?,?)"));
    }

    void failures_data()
    {
        QTest::addColumn<int>("number");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("code");
        const auto row = [](int number, const char *message, const ErrorCode &code) {
            QTest::addRow("%d %s", number, message) << number << QByteArray(message) << QByteArray(code.text.data(), static_cast<int>(code.text.size()));
        };
        row(1045, "", errors::storePassword);
        row(2005, "Unknown server host 'x' (-2)", errors::storeUnknownHost);
        row(2002, "", errors::storeUnreachable);
        row(2003, "", errors::storeUnreachable);
        row(1040, "Too many connections", errors::storeUnreachable);
        row(1290, "The MariaDB server is running with the --read-only option", errors::storeReadOnly);
        row(1290, "The MySQL server is running with the --super-read-only option", errors::storeReadOnly);
        row(1290, "running with the --secure-file-priv option", errors::storeSql);
        row(1792, "", errors::storeReadOnly);
        row(1836, "", errors::storeReadOnly);
        row(1114, "The table 'run' is full", errors::storeFull);
        row(1021, "Disk full", errors::storeFull);
        row(1030, "Got error 28 \"No space left on device\" from storage engine InnoDB", errors::storeFull);
        row(1030, "Got error 168 from storage engine", errors::storeSql);
        row(3, "Error writing file './binlog.000001' (Errcode: 28 \"No space left on device\")", errors::storeFull);
        row(1044, "", errors::storeDenied);
        row(1142, "", errors::storeDenied);
        row(1227, "", errors::storeDenied);
        row(1049, "", errors::storeSchemaMissing);
        row(2026, "", errors::storeTls);
        row(3159, "", errors::storeTls);
        row(1062, "", errors::storeSql);
        row(1064, "", errors::storeSql);
    }
    void failures()
    {
        QFETCH(int, number);
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, code);
        const Error error = toError({number, message.toStdString(), false, false}, {});
        QCOMPARE(QByteArray::fromStdString(error.code), code);
    }

    void retries()
    {
        for (const int number : {1213, 1205, 1047, 3101, 8022, 9007}) {
            QVERIFY(isRetryable(number));
            QVERIFY(toError({number, "", false, false}, {}).isTransient());
        }
        QVERIFY(!isRetryable(1062));
        QVERIFY(toError({2013, "", true, false}, {}).is(errors::storeUnreachable));
        QVERIFY(isDuplicate(toError({1062, "", false, false}, {})));
        // the name service itself does not answer: trying again may help
        QVERIFY(toError({2005, "Unknown server host 'x' (-3)", false, false}, {}).isTransient());
        QVERIFY(!toError({2005, "Unknown server host 'x' (-2)", false, false}, {}).isTransient());
    }

    void rowsOfAnyType()
    {
        const Row row({nullptr, std::int64_t{7}, 2.5, std::string("12abc"), std::string("{\"a\":1}"), std::string("{"),
                       std::string(1000, '['), 1e300});
        QCOMPARE(row.integer(0), 0);
        QCOMPARE(row.text(0), std::string());
        QVERIFY(row.json(0).is_null());
        QVERIFY(!row.optionalTime(0) && !row.optionalUuid(0) && !row.optionalError(0));
        QCOMPARE(row.integer(2), 2);
        QCOMPARE(row.integer(3), 12);
        QCOMPARE(row.real(1), 7.0);
        QCOMPARE(row.text(1), std::string("7"));
        QCOMPARE(row.json(4)["a"].get<int>(), 1);
        QVERIFY(row.json(5).is_null());
        QVERIFY(row.json(6).is_null());
        QVERIFY(row.uuid(3).isNull());
        QCOMPARE(row.integer(7), 0);
        QVERIFY(row.isNull(99));
        QCOMPARE(row.integer(99), 0);
    }

    void migrationsAreCompiledIn()
    {
        const auto all = migrations();
        QVERIFY(!all.empty());
        for (std::size_t i = 0; i < all.size(); ++i) {
            QCOMPARE(all[i].version, static_cast<int>(i) + 1);
            QCOMPARE(all[i].sha256.size(), 64u);
            QVERIFY(!all[i].name.empty());
            const auto statements = splitStatements(all[i].sql);
            QVERIFY(!statements.empty());
            for (const auto &statement : statements) {
                QVERIFY2(statement.find(';') == std::string::npos, statement.c_str());
                QVERIFY2(statement.find("--") == std::string::npos, statement.c_str());
            }
        }
        QCOMPARE(programVersion(), all.back().version);
        QCOMPARE(splitStatements("-- x\nA\n B; -- y\n\nC").size(), 2u);
        QCOMPARE(splitStatements("-- x\nA\n B; -- y\n\nC")[0], std::string("A\n B"));
        QVERIFY(splitStatements(" \n-- nothing\n").empty());
    }
};

QTEST_GUILESS_MAIN(TestSqlText)
#include "tst_sqltext.moc"
