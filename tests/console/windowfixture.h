// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolecontext.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "tests/console/delayproxy.h"
#include "tests/console/hand.h"
#include "tests/places.h"
#include "tests/support/testserver.h"
#include "tests/widgets/scripteddialogs.h"
#include "widgets/common/theme.h"

#include <QTableView>
#include <QTemporaryDir>

#include <memory>

namespace zandb::test {

/// The real window over a real store with the sample fleet in it; each test begins with a fresh window.  Its settings are
/// kept from one to the next, as a person's are.
class WindowFixture : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase();

protected:
    /// What the store holds, once for all tests.
    virtual Result<void> fillStore();
    console::MainWindow &window() { return m_context->window(); }
    template<class T>
    T *find(const char *name)
    {
        return test::find<T>(window(), name);
    }
    /// The one of several of that name that is on the screen.
    template<class T>
    T *visible(const char *name)
    {
        return test::findVisible<T>(window(), name);
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) { QTest::keyClick(&window(), key, modifiers); }
    /// Another window, of a profile or person of its own; not started yet.
    void open(const Settings &settings);
    void picture(const char *name);

    QString m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/window");
    Settings m_settings;
    ScriptedDialogs m_dialogs;
    console::Language m_language;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<DelayProxy> m_proxy; ///< between window and store
    std::unique_ptr<store::Session> m_session;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<QSettings> m_ui;
    std::unique_ptr<console::ConsoleContext> m_context;

private:
    QTemporaryDir m_dir;
};

} // namespace zandb::test
