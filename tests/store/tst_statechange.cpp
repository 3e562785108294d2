// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/statechange.h"

#include <QTest>

using namespace zandb;

/// What counts as new in what a host says.
class TestStateChange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changes_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<int>("change");
        const auto row = [](const char *name, const char *before, const char *after, fleet::Change change) {
            QTest::newRow(name) << QByteArray(before) << QByteArray(after) << static_cast<int>(change);
        };
        using fleet::Change;
        row("the same", R"({"a":1,"b":[1,2]})", R"({"a":1,"b":[1,2]})", Change::None);
        row("a word", R"({"version":"10.11.1"})", R"({"version":"10.11.2"})", Change::Facts);
        row("deep", R"({"replication":[{"ioRunning":true}]})", R"({"replication":[{"ioRunning":false}]})", Change::Facts);
        row("one more", R"({"disks":[{}]})", R"({"disks":[{},{}]})", Change::Facts);
        row("another field", R"({"a":1})", R"({"b":1})", Change::Facts);
        row("another type", R"({"a":1})", R"({"a":"1"})", Change::Facts);
        row("times and positions pass", R"({"sampledAt":1,"gtid":"0-1-5"})", R"({"sampledAt":2,"gtid":"0-1-6"})", Change::None);
        row("uptime grows", R"({"uptimeSeconds":5})", R"({"uptimeSeconds":15})", Change::None);
        row("uptime begins anew", R"({"uptimeSeconds":500})", R"({"uptimeSeconds":3})", Change::Facts);
        row("a little less room", R"({"freeBytes":500000000000})", R"({"freeBytes":499000000000})", Change::None);
        row("much less room", R"({"freeBytes":500000000000})", R"({"freeBytes":400000000000})", Change::Figures);
        row("the last room", R"({"freeBytes":500000000})", R"({"freeBytes":0})", Change::Figures);
        row("lag", R"({"lagSeconds":0})", R"({"lagSeconds":30})", Change::Figures);
        row("lag of a second", R"({"lagSeconds":0})", R"({"lagSeconds":1})", Change::None);
        row("lag that cannot be told", R"({"lagSeconds":0})", R"({"lagSeconds":null})", Change::Facts);
        row("a fact beside a figure", R"({"lagSeconds":0,"role":"replica"})", R"({"lagSeconds":30,"role":"primary"})", Change::Facts);
    }
    void changes()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QTEST(static_cast<int>(fleet::changeOf(Json::parse(before.toStdString()), Json::parse(after.toStdString()))), "change");
    }
};

QTEST_GUILESS_MAIN(TestStateChange)
#include "tst_statechange.moc"
