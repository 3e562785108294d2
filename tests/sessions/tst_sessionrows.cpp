// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/roles.h"
#include "models/sessions/sessionmodel.h"

#include <QAbstractItemModelTester>
#include <QTest>

#include <algorithm>

using namespace zandb;

/// Who waits for whom, as a list shows it.
class TestSessionRows : public QObject
{
    Q_OBJECT

    const Uuid m_instance = Uuid::v7();

    static wire::Session session(std::int64_t id, const char *command, std::vector<std::int64_t> waitsFor = {}, std::int64_t blocks = 0)
    {
        wire::Session one;
        one.id = id;
        one.user = id % 2 ? "shop" : "report";
        one.command = command;
        one.seconds = id;
        one.blocks = blocks;
        for (const auto by : waitsFor)
            one.blockedBy.push_back({by, "row", "shop.orders"});
        return one;
    }
    std::vector<SessionRow> rows(std::vector<wire::Session> sessions, int first = 0) const
    {
        wire::SessionList list;
        list.sessions = std::move(sessions);
        return sessionRows(m_instance, QStringLiteral("db1/my3306"), list, first);
    }
    /// "7: head", "+8: waits behind 7", in the order shown.
    static QStringList drawn(std::vector<SessionRow> rows)
    {
        std::ranges::sort(rows, {}, &SessionRow::rank);
        QStringList lines;
        for (const SessionRow &row : rows)
            lines << QString(row.depth, QLatin1Char('+')) + QString::number(row.session.id) + QStringLiteral(": ") + sessionPartText(row)
                    + (row.depth > 0 ? QStringLiteral(" behind %1").arg(row.head) : QString());
        return lines;
    }

private Q_SLOTS:
    void chains()
    {
        const auto found = rows({session(7, "Sleep", {}, 3), session(8, "Query", {7}, 1), session(9, "Query", {8}), session(10, "Query", {7}), session(3, "Query"),
                                 session(2, "Sleep")}, 100);
        QCOMPARE(drawn(found), (QStringList{QStringLiteral("7: blocks 3"), QStringLiteral("+8: waits for 7 behind 7"), QStringLiteral("++9: waits for 8 behind 7"),
                                            QStringLiteral("+10: waits for 7 behind 7"), QStringLiteral("3: active"), QStringLiteral("2: idle")}));
        QVERIFY(std::ranges::is_sorted(found, {}, [](const SessionRow &row) { return row.session.id; })); // the order rows keep
        QCOMPARE(std::ranges::min(found, {}, &SessionRow::rank).rank, 100);
        QCOMPARE(found.front().id, sessionRowId(m_instance, 2));
    }

    void behindWhatIsNotInTheList()
    {
        QCOMPARE(drawn(rows({session(9, "Query", {77}, 1), session(12, "Query", {9})})),
                 (QStringList{QStringLiteral("+9: waits for 77 behind 77"), QStringLiteral("++12: waits for 9 behind 77")}));
    }

    void circlesEnd()
    {
        auto found = rows({session(1, "Query", {2}, 3), session(2, "Query", {3}, 3), session(3, "Query", {1}, 3), session(4, "Query", {3}), session(5, "Query", {5}, 1)});
        QCOMPARE(found.size(), std::size_t{5});
        QCOMPARE(std::ranges::count(found, SessionPart::InCircle, &SessionRow::part), 4);
        QCOMPARE(found[3].part, SessionPart::Waits);
        std::ranges::sort(found, {}, &SessionRow::rank);
        for (int at = 0; at < 5; ++at)
            QCOMPARE(found[static_cast<std::size_t>(at)].rank, at);
        // a long chain needs no deep stack
        std::vector<wire::Session> chain{session(1, "Sleep", {}, 20'000)};
        for (std::int64_t id = 2; id <= 20'000; ++id)
            chain.push_back(session(id, "Query", {id - 1}, 1));
        QCOMPARE(std::ranges::max(rows(chain), {}, &SessionRow::depth).depth, 19'999);
    }

    void filters()
    {
        const auto found = rows({session(7, "Sleep", {}, 1), session(8, "Query", {7}), session(3, "Query"), session(20, "Query"), session(2, "Sleep")});
        const auto left = [&](const SessionFilter &filter) {
            QList<int> ids;
            for (const SessionRow &row : found) {
                if (filter.accepts(row))
                    ids << static_cast<int>(row.session.id);
            }
            return ids;
        };
        QCOMPARE(left({}), (QList<int>{3, 7, 8, 20}));
        QCOMPARE(left({true, 0, {}}), (QList<int>{2, 3, 7, 8, 20}));
        QCOMPARE(left({false, 10, {}}), (QList<int>{7, 8, 20})); // what blocks or waits is shown however short
        QCOMPARE(left({true, 0, QStringLiteral("shop")}), (QList<int>{3, 7}));
    }

    void theModelKeepsRows()
    {
        SessionTableModel model;
        QAbstractItemModelTester tester(&model);
        model.setRows(rows({session(7, "Sleep", {}, 1), session(8, "Query", {7})}));
        int resets = 0;
        connect(&model, &QAbstractItemModel::modelReset, this, [&] { ++resets; });
        model.setRows(rows({session(8, "Query"), session(9, "Query"), session(7, "Sleep")})); // the lock is free
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(resets, 0);
        QCOMPARE(model.index(1, SessionTableModel::Part).data().toString(), QStringLiteral("active"));
        model.setRows(rows({session(9, "Query", {10}), session(10, "Query", {11}, 1), session(11, "Sleep", {}, 2)}));
        QCOMPARE(model.index(0, SessionTableModel::BlockedBy).data().toString(), QStringLiteral("10 (row lock: shop.orders) · head of the chain: 11"));
        QCOMPARE(model.index(0, SessionTableModel::Part).data(RawRole).toString(), QStringLiteral("waits"));
        QVERIFY(model.index(2, SessionTableModel::Part).data(SortRole).toInt() < model.index(1, SessionTableModel::Part).data(SortRole).toInt());
    }
};

QTEST_GUILESS_MAIN(TestSessionRows)
#include "tst_sessionrows.moc"
