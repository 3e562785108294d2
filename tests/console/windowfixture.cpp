// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/console/windowfixture.h"

#include "tests/console/seed.h"
#include "tests/widgets/sampledata.h"

#include <QApplication>
#include <QDir>
#include <QSettings>
#include <QTreeView>

namespace zandb::test {

void WindowFixture::initTestCase()
{
    const std::string why = TestServer::unavailable(Flavour::MariaDb);
    if (!why.empty())
        QSKIP(why.c_str());
    ServerOptions options;
    options.networking = true;
    std::string error;
    m_server = TestServer::start(options, &error);
    QVERIFY2(m_server, error.c_str());
    QVERIFY2(m_server->exec("CREATE USER zandb@'%' IDENTIFIED BY 'far away'"), m_server->lastError().c_str());
    QVERIFY2(m_server->exec("GRANT ALL ON *.* TO zandb@'%' WITH GRANT OPTION"), m_server->lastError().c_str());
    m_proxy = std::make_unique<DelayProxy>(m_server->port());
    m_settings.profile = "test fleet";
    m_settings.person = "maria";
    m_settings.store.host = "127.0.0.1";
    m_settings.store.port = m_proxy->port();
    m_settings.store.user = "zandb";
    m_settings.store.password = "far away";
    m_settings.store.tls = "off";
    m_session = std::make_unique<store::Session>(m_settings.store);
    const auto seeded = fillStore();
    QVERIFY2(seeded, seeded ? "" : describe(seeded.error()).c_str());
    m_theme = std::make_unique<Theme>(*qApp);
    m_theme->apply(Theme::Choice::Light);
    m_language.set(QStringLiteral("en"));
    QVERIFY(QDir().mkpath(m_pictures));
}

Result<void> WindowFixture::fillStore()
{
    return seed(*m_session, sample::fleet(), 5);
}

void WindowFixture::init()
{
    m_theme->apply(Theme::Choice::Light);
    m_language.set(QStringLiteral("en"));
    m_dialogs = {};
    m_ui = std::make_unique<QSettings>(m_dir.filePath(QStringLiteral("ui.ini")), QSettings::IniFormat);
    open(m_settings);
    m_context->start();
    QTRY_VERIFY_WITH_TIMEOUT(find<QTreeView>("fleetTree")->model()->rowCount() > 0, 10'000);
}

void WindowFixture::cleanup()
{
    m_proxy->setDelay(0);
    m_context.reset();
}

void WindowFixture::cleanupTestCase()
{
    m_session.reset();
    m_proxy.reset();
    m_server.reset();
}

void WindowFixture::open(const Settings &settings)
{
    m_context = std::make_unique<console::ConsoleContext>(settings, Ui{m_dialogs, *m_ui}, *m_theme, m_language);
    window().resize(1440, 900);
    window().show();
    QVERIFY(QTest::qWaitForWindowActive(&window()));
}

void WindowFixture::picture(const char *name)
{
    QTest::qWait(200);
    QVERIFY(window().grab().save(m_pictures + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png")));
}

} // namespace zandb::test
