// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/program.h"

#include "app/console/consolecontext.h"
#include "app/console/credentials.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "app/console/screenshots.h"
#include "models/common/errortext.h"
#include "models/common/text.h"
#include "widgets/common/parts.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QMainWindow>
#include <QTemporaryDir>

#include <cstdio>
#include <filesystem>

namespace zandb::console {
namespace {

/// What is shown while there is nothing to connect to.
std::unique_ptr<QMainWindow> connectionPage(const Error &error)
{
    auto window = std::make_unique<QMainWindow>();
    window->setWindowTitle(QStringLiteral("ZanDB"));
    auto *page = new EmptyState(QStringLiteral("store"), window.get());
    page->setObjectName(QStringLiteral("connectionPage"));
    page->setTexts(QCoreApplication::translate("Connection", "Not connected to a metadata store yet"),
                   errorSummary(error) + QStringLiteral("\n\n")
                       + QCoreApplication::translate("Connection", "Write the store's address, account and schema into %1, then start ZanDB again. "
                                                                   "For a fleet to play with: ./packaging/sandbox up")
                             .arg(QString::fromStdString(defaultSettingsFile().string())));
    window->setCentralWidget(page);
    window->resize(900, 560);
    return window;
}

} // namespace

int runConsole(int argc, char **argv)
{
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("zandb"));
    QApplication::setOrganizationName(QStringLiteral("zandb"));
    QApplication::setApplicationVersion(QStringLiteral(ZANDB_VERSION));
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption config(QStringLiteral("config"), QStringLiteral("Settings file."), QStringLiteral("FILE"));
    const QCommandLineOption screenshots(QStringLiteral("screenshots"), QStringLiteral("Save pictures of the pages and exit."), QStringLiteral("DIR"));
    const QCommandLineOption headless(QStringLiteral("headless"), QStringLiteral("Run without a window (see zandbctl serve)."));
    parser.addOptions({config, screenshots, headless});
    parser.process(app);
    const bool picturing = parser.isSet(screenshots);

    // pictures must not depend on, nor change, how this person has arranged the window
    QTemporaryDir scratch;
    QSettings uiSettings(picturing ? scratch.filePath(QStringLiteral("ui.ini")) : QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("zandb"), QStringLiteral("console")).fileName(),
                         QSettings::IniFormat);
    Theme theme(app);
    theme.apply(picturing ? Theme::Choice::Light : static_cast<Theme::Choice>(uiSettings.value(QStringLiteral("theme"), 0).toInt()));
    Language language;
    language.set(picturing ? QStringLiteral("en") : uiSettings.value(QStringLiteral("language")).toString());
    RealDialogs dialogs;

    const auto settings = loadSettings(parser.isSet(config) ? std::filesystem::path(parser.value(config).toStdString()) : defaultSettingsFile());
    if (!settings) {
        std::fprintf(stderr, "zandb: %s\n", errorText(settings.error()).toUtf8().constData());
        if (picturing)
            return 2;
        const auto window = connectionPage(settings.error());
        window->show();
        return QApplication::exec();
    }
    std::unique_ptr<ConsoleContext> context;
    std::unique_ptr<Screenshots> pictures;
    withStorePassword(*settings, &app, [&](const Settings &filled) {
        context = std::make_unique<ConsoleContext>(filled, Ui{dialogs, uiSettings}, theme, language);
        context->window().show();
        if (picturing)
            pictures = std::make_unique<Screenshots>(*context, theme, language, parser.value(screenshots));
        context->start();
    });
    const int status = QApplication::exec();
    pictures.reset();
    context.reset();
    return status;
}

} // namespace zandb::console
