// SPDX-License-Identifier: GPL-3.0-or-later
// The plan of a digest and an example as it was written, in the real window, through a real agent over SSH.
#include "app/console/consolecontext.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "models/common/text.h"
#include "tests/console/hand.h"
#include "tests/places.h"
#include "tests/slowlog/explainfleet.h"
#include "tests/widgets/scripteddialogs.h"
#include "widgets/common/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTreeView>

using namespace zandb;
using namespace zandb::console;
using namespace zandb::test;

class TestExplainPage : public QObject
{
    Q_OBJECT

    ExplainFleet m_fleet;
    QTemporaryDir m_dir;
    ScriptedDialogs m_dialogs;
    Language m_language;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<QSettings> m_ui;
    std::unique_ptr<ConsoleContext> m_context;

    template<class T>
    T *find(const char *name)
    {
        return test::find<T>(m_context->window(), name);
    }
    void goTo(const char *fingerprint)
    {
        Location to = m_context->state().location();
        to.page = QStringLiteral("digest");
        to.subject = Subject(digestSubject, checksumOf(md5Of(fingerprint)).value());
        m_context->state().goTo(to);
        QTRY_COMPARE_WITH_TIMEOUT(find<QPlainTextEdit>("digestText")->toPlainText(), QString::fromLatin1(fingerprint), 20'000);
    }
    void picture(const QString &name)
    {
        QTest::qWait(200);
        QVERIFY(m_context->window().grab().save(QStringLiteral(ZANDB_BINARY_DIR "/screenshots/explain/") + name + QStringLiteral(".png")));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        m_fleet.start();
        if (QTest::currentTestFailed())
            return;
        QVERIFY2(m_fleet.fleet->store().exec("INSERT INTO zandb.killed (id, instance_id, at_us, policy, revision, action, outcome, detail, checksum, statement, user_name, client_host, schema_name, command,"
                                             " state, connection, started_us, seconds) SELECT id, id, UNIX_TIMESTAMP() * 1000000 - 60000000, 'long', 1, 'query', 'killed', '', '"
                                             + md5Of(ExplainFleet::update) + "', 'update o', 'app', 'localhost', 'trade', 'Query', '', 7, 1, 12 FROM zandb.instance"),
                 m_fleet.fleet->store().lastError().c_str());
        auto settings = loadSettings(m_fleet.fleet->ctlWords({})[2]);
        QVERIFY2(settings, settings ? "" : describe(settings.error()).c_str());
        m_theme = std::make_unique<Theme>(*qApp);
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("en"));
        m_ui = std::make_unique<QSettings>(m_dir.filePath(QStringLiteral("ui.ini")), QSettings::IniFormat);
        m_context = std::make_unique<ConsoleContext>(*settings, Ui{m_dialogs, *m_ui}, *m_theme, m_language);
        m_context->window().resize(1280, 800);
        m_context->window().show();
        QVERIFY(QTest::qWaitForWindowActive(&m_context->window()));
        m_context->start();
        QTRY_VERIFY_WITH_TIMEOUT(find<QTreeView>("fleetTree")->model()->rowCount() > 0, 20'000);
        QVERIFY(QDir().mkpath(QStringLiteral(ZANDB_BINARY_DIR "/screenshots/explain")));
    }
    void cleanupTestCase() { m_context.reset(); }

    void thePlan()
    {
        goTo(ExplainFleet::update);
        QTRY_VERIFY(find<QLabel>("digestFacts")->text().contains(QStringLiteral("killed as well: 1")));
        auto *parts = find<QTabWidget>("digestParts");
        parts->setCurrentIndex(1);
        QCOMPARE(find<QComboBox>("planInstance")->currentText(), qs(m_fleet.path()));
        auto *tree = find<QTreeView>("planTree");
        QCOMPARE(tree->model()->rowCount(), 0);
        picture(QStringLiteral("before"));
        auto *ask = find<QPushButton>("planAsk");
        auto *said = find<QLabel>("planSaid");
        // the agent asks servers for their logs every 30 s
        for (int i = 0; i < 30 && tree->model()->rowCount() == 0; ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(ask->isEnabled(), 60'000);
            QVERIFY(click(ask));
            QTRY_VERIFY_WITH_TIMEOUT(ask->isEnabled(), 60'000);
            if (tree->model()->rowCount() == 0)
                QTest::qWait(1500);
        }
        QVERIFY2(tree->model()->rowCount() > 0, qPrintable(said->text()));
        QVERIFY(said->text().contains(QStringLiteral("UPDATE")));
        QVERIFY(find<QTableView>("planRowsTable")->model()->rowCount() == 1);
        QCOMPARE(find<QTableView>("planIndexesTable")->model()->rowCount(), 2);
        QVERIFY(click(find<QPushButton>("planCopy")));
        QVERIFY2(QApplication::clipboard()->text().contains(QStringLiteral("SELECT * FROM o WHERE note = 'hidden'")), qPrintable(QApplication::clipboard()->text()));
        QVERIFY(click(find<QPushButton>("digestCopy")));
        for (const char *piece : {"Killed as well: 1", "-> table o", "update o set note = ?"})
            QVERIFY2(QApplication::clipboard()->text().contains(QLatin1String(piece)), qPrintable(QApplication::clipboard()->text()));
        for (const bool dark : {false, true}) {
            for (const char *language : {"en", "zh_CN"}) {
                m_theme->apply(dark ? Theme::Choice::Dark : Theme::Choice::Light);
                m_context->window().setLanguage(QString::fromLatin1(language));
                find<QTabWidget>("planLists")->setCurrentIndex(dark ? 1 : 0);
                picture(QStringLiteral("plan-%1-%2").arg(dark ? QStringLiteral("dark") : QStringLiteral("light"), QString::fromLatin1(language)));
            }
        }
        m_theme->apply(Theme::Choice::Light);
        m_context->window().setLanguage(QStringLiteral("en"));
    }

    void asWritten()
    {
        goTo(ExplainFleet::update);
        find<QTabWidget>("digestParts")->setCurrentIndex(0);
        QTRY_VERIFY_WITH_TIMEOUT(find<QTableView>("digestExamplesTable")->model()->rowCount() > 0, 20'000);
        QVERIFY(click(find<QPushButton>("digestRaw")));
        auto *text = find<QPlainTextEdit>("digestRawText");
        QTRY_VERIFY_WITH_TIMEOUT(text->toPlainText().contains(QStringLiteral("note = 'secret'")), 60'000);
        picture(QStringLiteral("raw"));
        QVERIFY(m_fleet.fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'slow.raw'") >= "2");
        QVERIFY(m_fleet.fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'slow.explain'") >= "1");
    }

    /// Another digest: nothing of the one before stays, and what has no plan says why.
    void anotherDigest()
    {
        goTo(ExplainFleet::insert);
        QVERIFY(find<QPlainTextEdit>("digestRawText")->toPlainText().isEmpty());
        QCOMPARE(find<QTreeView>("planTree")->model()->rowCount(), 0);
        find<QTabWidget>("digestParts")->setCurrentIndex(1);
        auto *ask = find<QPushButton>("planAsk");
        QTRY_VERIFY_WITH_TIMEOUT(ask->isEnabled(), 20'000);
        QVERIFY(click(ask));
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("planSaid")->text().contains(QStringLiteral("explain.values")), 60'000);
        picture(QStringLiteral("refused"));
    }
};

QTEST_MAIN(TestExplainPage)
#include "tst_explainpage.moc"
