// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/program.h"

#include "app/console/connectionwindow.h"
#include "app/console/consolecontext.h"
#include "app/console/credentials.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "app/console/screenshots.h"
#include "models/common/errortext.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string_view>

namespace zandb::console {
namespace {

/// One window at a time: the console, or the page where its store is named.
class Program final : public QObject
{
public:
    Program(std::filesystem::path file, const Ui &ui, Theme &theme, Language &language)
        : m_file(std::move(file)), m_ui(ui), m_theme(theme), m_language(language)
    {
    }
    void askForConnection(const std::optional<Settings> &settings, const std::optional<Error> &why)
    {
        auto window = std::make_unique<ConnectionWindow>(m_file, settings, why, m_ui.dialogs);
        connect(window.get(), &ConnectionWindow::connected, this, [this](const Settings &kept) {
            // not from within one of its own signals
            QTimer::singleShot(0, this, [this, kept] { open(kept); });
        });
        connect(window.get(), &ConnectionWindow::left, this, [this, settings] {
            QTimer::singleShot(0, this, [this, settings] { open(*settings); });
        });
        if (m_context) {
            window->resize(m_context->window().size().boundedTo(QSize(1200, 800)));
            window->setMayLeave(settings.has_value());
        }
        window->show();
        std::swap(m_connection, window);
        m_context.reset();
    }
    void open(const Settings &settings, const std::optional<Pictures> &pictures = std::nullopt)
    {
        withStorePassword(settings, this, [this, settings, pictures](const Settings &filled, const QString &keychain) {
            m_context = std::make_unique<ConsoleContext>(filled, m_ui, m_theme, m_language);
            m_context->setKeychainTrouble(keychain);
            connect(m_context.get(), &ConsoleContext::connectionRequested, this, [this, settings](const std::optional<Error> &why) {
                QTimer::singleShot(0, this, [this, settings, why] { askForConnection(settings, why); });
            });
            m_context->window().show();
            m_connection.reset();
            if (pictures)
                m_pictures = std::make_unique<Screenshots>(*m_context, m_theme, m_language, *pictures);
            m_context->start();
        });
    }

private:
    std::filesystem::path m_file;
    Ui m_ui;
    Theme &m_theme;
    Language &m_language;
    std::unique_ptr<ConnectionWindow> m_connection;
    std::unique_ptr<ConsoleContext> m_context;
    std::unique_ptr<Screenshots> m_pictures;
};

struct Options
{
    QCommandLineOption config{QStringLiteral("config"), QStringLiteral("Settings file."), QStringLiteral("FILE")};
    QCommandLineOption screenshots{QStringLiteral("screenshots"), QStringLiteral("Save pictures of the pages and exit."), QStringLiteral("DIR")};
    QCommandLineOption size{QStringLiteral("size"), QStringLiteral("Of the window in these pictures."), QStringLiteral("WIDTHxHEIGHT"), QStringLiteral("1440x900")};
    QCommandLineOption range{QStringLiteral("range"), QStringLiteral("Of time in these pictures, such as 6h or 5d."), QStringLiteral("RANGE"), TimeRange().toText()};
    QCommandLineOption headless{QStringLiteral("headless"), QStringLiteral("Run without a window (see zandbctl serve).")};

    void addTo(QCommandLineParser &parser) const
    {
        parser.addHelpOption();
        parser.addVersionOption();
        parser.addOptions({config, screenshots, size, range, headless});
    }
};

void nameProgram()
{
    QCoreApplication::setApplicationName(QStringLiteral("zandb"));
    QCoreApplication::setOrganizationName(QStringLiteral("zandb"));
    QCoreApplication::setApplicationVersion(QStringLiteral(ZANDB_VERSION));
}

/// For help or the version.
bool asksForText(int argc, char **argv)
{
    return std::any_of(argv + std::min(argc, 1), argv + argc, [](const char *word) {
        return std::ranges::count(std::array{"-h", "--help", "--help-all", "-v", "--version"}, std::string_view(word), [](const char *known) { return std::string_view(known); }) > 0;
    });
}

/// Prints what was asked for.
int answer(const QCoreApplication &app)
{
    nameProgram();
    QCommandLineParser parser;
    Options().addTo(parser);
    parser.process(app);
    return 0;
}

} // namespace

int runConsole(int argc, char **argv)
{
    // TLS to the store is written by write(): a connection that the other side has dropped must be an error, not our end
    std::signal(SIGPIPE, SIG_IGN);
    if (asksForText(argc, argv)) {
        const QCoreApplication app(argc, argv); // a window needs a display, an answer does not
        return answer(app);
    }
    QApplication app(argc, argv);
    nameProgram();
    QCommandLineParser parser;
    const Options options;
    options.addTo(parser);
    parser.process(app);
    const bool picturing = parser.isSet(options.screenshots);
    const QStringList sides = parser.value(options.size).split(QLatin1Char('x'));
    const QSize pictureSize(sides.first().toInt(), sides.last().toInt());
    const auto pictureRange = TimeRange::parse(parser.value(options.range));
    if (sides.size() != 2 || pictureSize.isEmpty() || !pictureRange) {
        std::fprintf(stderr, "zandb: --size wants WIDTHxHEIGHT, such as 1440x900; --range a range, such as 5d\n");
        return 2;
    }

    // pictures must not depend on, nor change, how this person has arranged the window
    QTemporaryDir scratch;
    QSettings uiSettings(picturing ? scratch.filePath(QStringLiteral("ui.ini")) : QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("zandb"), QStringLiteral("console")).fileName(),
                         QSettings::IniFormat);
    Theme theme(app);
    theme.apply(picturing ? Theme::Choice::Light : static_cast<Theme::Choice>(uiSettings.value(QStringLiteral("theme"), 0).toInt()));
    Language language;
    language.set(picturing ? QStringLiteral("en") : uiSettings.value(QStringLiteral("language")).toString());
    RealDialogs dialogs;

    const std::filesystem::path file = parser.isSet(options.config) ? std::filesystem::path(parser.value(options.config).toStdString()) : defaultSettingsFile();
    const bool first = !std::filesystem::exists(file);
    const auto settings = loadSettings(file);
    Program program(file, Ui{dialogs, uiSettings}, theme, language);
    if (settings) {
        program.open(*settings, picturing ? std::optional(Pictures{parser.value(options.screenshots), pictureSize, *pictureRange}) : std::nullopt);
    } else {
        std::fprintf(stderr, "zandb: %s\n", errorText(settings.error()).toUtf8().constData());
        if (picturing)
            return 2;
        // a first start is nobody's mistake
        program.askForConnection(std::nullopt, first ? std::nullopt : std::optional(settings.error()));
    }
    return QApplication::exec();
}

} // namespace zandb::console
