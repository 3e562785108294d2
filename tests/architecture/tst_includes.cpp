// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/places.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

/// Who may include whom.  The test walks every source file and names each include that goes the wrong way.
class TestIncludes : public QObject
{
    Q_OBJECT

    struct Include
    {
        QString file;
        int line;
        QString path;
        bool quoted;
    };

    static QVector<Include> includesBelow(const QString &folder)
    {
        QVector<Include> found;
        const QDir top(QStringLiteral(ZANDB_SOURCE_DIR));
        QDirIterator it(top.filePath(folder), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                        QDirIterator::Subdirectories);
        static const QRegularExpression pattern(QStringLiteral("^\\s*#\\s*include\\s+([\"<])([^\">]+)[\">]"));
        while (it.hasNext()) {
            QFile file(it.next());
            if (!file.open(QIODevice::ReadOnly))
                continue;
            int line = 0;
            while (!file.atEnd()) {
                ++line;
                const auto match = pattern.match(QString::fromUtf8(file.readLine()));
                if (match.hasMatch())
                    found.append({top.relativeFilePath(file.fileName()), line, match.captured(2), match.captured(1) == QLatin1String("\"")});
            }
        }
        return found;
    }

    static bool isBelow(const QString &path, std::initializer_list<const char *> folders)
    {
        for (const char *folder : folders) {
            if (path.startsWith(QLatin1String(folder)))
                return true;
        }
        return false;
    }

    static QString noun(const QString &path, int position) { return path.section(QLatin1Char('/'), position, position); }

    static void report(const QStringList &breaches)
    {
        QVERIFY2(breaches.isEmpty(), qPrintable(QLatin1Char('\n') + breaches.join(QLatin1Char('\n'))));
    }

    static QString text(const Include &include)
    {
        return QStringLiteral("%1:%2 includes %3").arg(include.file).arg(include.line).arg(include.path);
    }

    /// The allowed direction: a folder includes itself and what its row names, nothing else.  The first row that fits a file counts; rows
    /// that end with a layer ("agent/") stand for every noun of that layer without a row of its own, so that no noun includes
    /// another one unless its row says so.
    static const QVector<QPair<QString, QStringList>> &allowedIncludes()
    {
        const auto list = [](const char *words) { return QString::fromLatin1(words).split(QLatin1Char(' '), Qt::SkipEmptyParts); };
        static const QVector<QPair<QString, QStringList>> table = [&] {
            const QString wire = QStringLiteral(" agent/protocol/ agent/rules/ ");
            QVector<QPair<QString, QStringList>> rows;
            const auto row = [&](const char *folder, const QString &mayInclude) {
                rows.append({QString::fromLatin1(folder), list(qPrintable(mayInclude))});
            };
            // what runs on a database host, from the bottom up
            const QString ground = QStringLiteral(" agent/os/ agent/runtime/ agent/privileged/ ") + wire;
            row("agent/protocol/", {});
            row("agent/rules/", {});
            row("agent/os/", QStringLiteral("agent/protocol/"));
            row("agent/attach/", QStringLiteral("agent/os/ agent/protocol/"));
            row("agent/runtime/", QStringLiteral("agent/os/") + wire);
            row("agent/privileged/", QStringLiteral("agent/os/ agent/runtime/ agent/protocol/"));
            row("agent/workflow/", ground);
            row("agent/fleet/", ground);
            row("agent/config/", ground + QStringLiteral("agent/fleet/ agent/backups/")); // a private server
            row("agent/binlogs/", ground + QStringLiteral("agent/fleet/ agent/backups/")); // a backup that binlogs are played upon
            row("agent/provision/", ground + QStringLiteral("agent/fleet/ agent/backups/")); // a private server, a restore
            row("agent/helper/", ground + QStringLiteral("agent/fleet/ agent/backups/"));
            row("agent/serve/", QStringLiteral("!agent/helper/ agent/"));
            row("agent/main.cpp", QStringLiteral("!agent/helper/ agent/"));
            row("agent/", ground + QStringLiteral("agent/fleet/"));
            // nouns
            row("models/common/", wire);
            row("models/fleet/", wire + QStringLiteral("models/common/"));
            row("models/schedule/", wire + QStringLiteral("models/common/ models/fleet/"));
            row("models/workflow/", wire + QStringLiteral("models/common/ models/fleet/ models/schedule/"));
            row("models/", wire + QStringLiteral("models/common/ models/fleet/ models/schedule/ models/workflow/"));
            // pictures
            row("widgets/common/", wire + QStringLiteral("models/"));
            row("widgets/fleet/", wire + QStringLiteral("models/ widgets/common/"));
            row("widgets/schedule/", wire + QStringLiteral("models/ widgets/common/ widgets/fleet/"));
            row("widgets/workflow/", wire + QStringLiteral("models/ widgets/common/ widgets/fleet/ widgets/schedule/"));
            row("widgets/", wire + QStringLiteral("models/ widgets/common/ widgets/fleet/ widgets/schedule/ widgets/workflow/"));
            // verbs, from the bottom up
            const QString verbs = wire + QStringLiteral("models/ app/platform/ app/store/ app/remote/ app/fleet/ ");
            row("app/platform/", wire + QStringLiteral("models/"));
            row("app/store/", wire + QStringLiteral("models/ app/platform/"));
            row("app/remote/", wire + QStringLiteral("models/ app/platform/"));
            row("app/fleet/", wire + QStringLiteral("models/ app/platform/ app/store/ app/remote/"));
            row("app/schedule/", verbs);
            row("app/workflow/", verbs + QStringLiteral("app/schedule/"));
            row("app/headless/", wire + QStringLiteral("models/ !app/console/ !app/cli/ app/"));
            row("app/cli/", wire + QStringLiteral("models/ !app/console/ app/"));
            row("app/console/", wire + QStringLiteral("models/ widgets/ !app/cli/ app/"));
            row("app/", verbs + QStringLiteral("app/schedule/ app/workflow/"));
            return rows;
        }();
        return table;
    }

    static QString folderOf(const QString &path) { return path.section(QLatin1Char('/'), 0, 1) + QLatin1Char('/'); }

    static bool isAllowed(const QString &file, const QString &path)
    {
        if (path.startsWith(folderOf(file)))
            return true;
        for (const auto &[folder, mayInclude] : allowedIncludes()) {
            if (!file.startsWith(folder))
                continue;
            for (const QString &one : mayInclude) {
                if (one.startsWith(QLatin1Char('!')) ? path.startsWith(one.mid(1)) : path.startsWith(one))
                    return !one.startsWith(QLatin1Char('!'));
            }
            return false;
        }
        return false;
    }

    static QVector<Include> includesOfOurs()
    {
        QVector<Include> found;
        for (const char *layer : {"agent", "models", "widgets", "app"}) {
            for (const Include &include : includesBelow(QString::fromLatin1(layer))) {
                if (isBelow(include.path, {"agent/", "models/", "widgets/", "app/", "tests/"}))
                    found << include;
            }
        }
        return found;
    }

private Q_SLOTS:
    void directions()
    {
        const auto allowed = [](const char *file, const char *path) { return isAllowed(QString::fromLatin1(file), QString::fromLatin1(path)); };
        QVERIFY(allowed("agent/os/child.h", "agent/os/files.h") && allowed("agent/backups/job.h", "agent/fleet/sqlclient.h"));
        QVERIFY(!allowed("agent/os/files.h", "agent/runtime/config.h") && !allowed("agent/fleet/keys.cpp", "agent/backups/tools.h"));
        QVERIFY(!allowed("agent/slowlog/x.cpp", "agent/backups/tools.h") && !allowed("agent/runtime/work.cpp", "agent/workflow/orders.h"));
        QVERIFY(!allowed("models/fleet/x.cpp", "models/workflow/run.h") && !allowed("widgets/fleet/x.cpp", "app/fleet/x.h"));
        QVERIFY(!allowed("app/cli/x.cpp", "app/console/window.h") && !allowed("app/backups/x.cpp", "app/alerts/x.h"));
        QVERIFY(!allowed("models/fleet/x.cpp", "agent/os/files.h") && allowed("app/console/x.cpp", "app/headless/x.h"));

        const auto includes = includesOfOurs();
        QVERIFY2(includes.size() > 50, "the walk found hardly any include: is the source folder right?");
        QStringList breaches;
        for (const Include &include : includes) {
            if (!isAllowed(include.file, include.path))
                breaches << text(include);
        }
        report(breaches);
    }

    /// Folders include each other in one direction only, whatever the table says.
    void noCycles()
    {
        QMap<QString, QMap<QString, QString>> edges; // from, to, one include that makes it
        for (const Include &include : includesOfOurs()) {
            if (folderOf(include.file) != folderOf(include.path))
                edges[folderOf(include.file)].insert(folderOf(include.path), text(include));
        }
        QVERIFY(edges.size() > 10);
        // who includes nobody that is left is taken away; what stays is in a cycle, or includes one
        for (bool again = true; again;) {
            again = false;
            const QStringList folders = edges.keys();
            for (const QString &folder : folders) {
                const auto &targets = std::as_const(edges)[folder];
                const bool isFree = std::none_of(targets.keyBegin(), targets.keyEnd(), [&](const QString &to) { return edges.contains(to); });
                if (isFree) {
                    edges.remove(folder);
                    again = true;
                }
            }
        }
        QStringList breaches;
        for (auto from = edges.cbegin(); from != edges.cend(); ++from) {
            for (auto to = from->cbegin(); to != from->cend(); ++to) {
                if (edges.contains(to.key()))
                    breaches << to.value();
            }
        }
        report(breaches);
    }

    /// Libraries with one owner: Connector/C++ in app/store, libssh in app/remote, libcurl and libsodium in app/platform, no Qt in the agent, no GUI in the core.
    void libraries()
    {
        QStringList breaches;
        for (const char *layer : {"agent", "models", "widgets", "app"}) {
            for (const Include &include : includesBelow(QString::fromLatin1(layer))) {
                const bool connector = isBelow(include.path, {"cppconn/", "mysql_driver", "mysql_connection", "mysql_error"});
                const bool ssh = isBelow(include.path, {"libssh/"});
                const bool outside = isBelow(include.path, {"curl/", "sodium"});
                static const QRegularExpression qt(QStringLiteral("^Q[A-Za-z]+(/|$)"));
                const bool isQt = qt.match(include.path).hasMatch() && !include.quoted;
                static const QRegularExpression gui(
                    QStringLiteral("^(QtGui|QtWidgets|QtCharts|QApplication|QGuiApplication|QWidget|QPainter|QColor|QPen|QBrush|QIcon|QPixmap)"));
                const bool isGui = gui.match(include.path).hasMatch();
                if (connector && !isBelow(include.file, {"app/store/"}))
                    breaches << text(include);
                if (ssh && !isBelow(include.file, {"app/remote/"}))
                    breaches << text(include);
                if (outside && !isBelow(include.file, {"app/platform/"}))
                    breaches << text(include);
                if (isQt && isBelow(include.file, {"agent/"}))
                    breaches << text(include);
                if (isGui && !isBelow(include.file, {"widgets/", "app/console/"}))
                    breaches << text(include);
            }
        }
        report(breaches);
    }

    /// JSON is read through agent/protocol/json.h, which checks every integer: nlohmann's own conversions, which do not, are out of reach.
    void numbersOfJson()
    {
        static const QRegularExpression unchecked(QStringLiteral(
            "<nlohmann/|\\bnlohmann::(json|basic_json|ordered_json|detail|from_json)\\b|\\bis_number(_\\w+)?\\(|\\bnumber_(integer|unsigned|float)_t\\b"
            "|\\bget_ptr<|\\bget_ref<(?!const std::string &>)|\\bQJsonDocument::from|\\bQJsonValue\\b.*\\bto(Int|Integer|Double)\\b"));
        QStringList breaches;
        int seen = 0;
        const QDir top(QStringLiteral(ZANDB_SOURCE_DIR));
        for (const char *layer : {"agent", "models", "widgets", "app"}) {
            QDirIterator it(top.filePath(QString::fromLatin1(layer)), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                            QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                const QString name = top.relativeFilePath(file.fileName());
                if (isBelow(name, {"agent/protocol/json."}) || !file.open(QIODevice::ReadOnly))
                    continue;
                for (int line = 1; !file.atEnd(); ++line, ++seen) {
                    const auto match = unchecked.match(QString::fromUtf8(file.readLine()));
                    if (match.hasMatch())
                        breaches << QStringLiteral("%1:%2 reads JSON past the check: %3").arg(name).arg(line).arg(match.captured());
                }
            }
        }
        QVERIFY(seen > 10'000);
        report(breaches);
    }

    /// Kinds of work are known by name where they are registered (NOUN/kinds.cpp) and within their own noun; what runs them all must
    /// not tell one from another.
    void kindsHaveOnePlace()
    {
        const QDir top(QStringLiteral(ZANDB_SOURCE_DIR));
        static const QRegularExpression registers(QStringLiteral("\\bkinds\\[\"(\\w+)\"\\] ="));
        const auto linesOf = [&](const QString &name) {
            QFile file(top.filePath(name));
            return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).split(QLatin1Char('\n')) : QStringList();
        };
        QStringList names;
        QStringList sources;
        for (const char *layer : {"agent", "models", "widgets", "app"}) {
            QDirIterator it(top.filePath(QString::fromLatin1(layer)), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                            QDirIterator::Subdirectories);
            while (it.hasNext())
                sources << top.relativeFilePath(it.next());
        }
        for (const QString &source : std::as_const(sources)) {
            if (!source.endsWith(QLatin1String("/kinds.cpp")))
                continue;
            for (const QString &line : linesOf(source)) {
                if (const auto match = registers.match(line); match.hasMatch() && !names.contains(match.captured(1)))
                    names << match.captured(1);
            }
        }
        QVERIFY2(names.contains(QLatin1String("backup")) && names.contains(QLatin1String("facts")) && names.size() >= 4,
                 qPrintable(names.join(QLatin1Char(' '))));

        const QRegularExpression named(QStringLiteral("\"(%1)\"").arg(names.join(QLatin1Char('|'))));
        const QRegularExpression told(QStringLiteral("\\b\\w*[kK]ind(\\(\\))? *[!=]= *(QLatin1String\\(|QStringLiteral\\()?\"(%1)\"").arg(names.join(QLatin1Char('|'))));
        // the same words as names of other things: an account of MySQL, a table and a topic of the store, a verb of the program, an error's field
        static const QRegularExpression otherThing(QStringLiteral("BackupAccount|bring\\(|removal\\.remove\\(|topic|\"ended_us\"|\\w+Main\\}|heldUp\\(|sections\\(root|known\\[\\]"));
        QStringList breaches;
        for (const QString &source : std::as_const(sources)) {
            // the words for people stand in one file, and a noun's own verbs of zandbctl know its kinds
            const bool isOwn = noun(source, 1) == QLatin1String("backups") || source.contains(QLatin1String("cli/backup"))
                || source == QLatin1String("app/cli/overviewverbs.cpp") // last night's backups are a chapter of it
                || source == QLatin1String("models/workflow/runtext.cpp");
            if (source.endsWith(QLatin1String("/kinds.cpp")) || isOwn)
                continue;
            const bool isEngine = isBelow(source, {"agent/workflow/", "agent/runtime/", "agent/serve/", "agent/main.cpp", "app/workflow/", "app/schedule/", "app/headless/"});
            int number = 0;
            for (const QString &line : linesOf(source)) {
                ++number;
                const QString code = line.section(QLatin1String("//"), 0, 0);
                if (!code.contains(otherThing) && (code.contains(told) || (isEngine && code.contains(named))))
                    breaches << QStringLiteral("%1:%2 knows a kind by its name: %3").arg(source).arg(number).arg(line.trimmed());
            }
        }
        report(breaches);
    }

    /// Includes of ours are spelt from the root, and every header has its guard and licence.
    void spelling()
    {
        QStringList breaches;
        const QDir top(QStringLiteral(ZANDB_SOURCE_DIR));
        for (const char *layer : {"agent", "models", "widgets", "app"}) {
            for (const Include &include : includesBelow(QString::fromLatin1(layer))) {
                const bool moc = include.path.endsWith(QLatin1String(".moc")) || include.path.startsWith(QLatin1String("moc_"));
                if (include.quoted && !moc && !top.exists(include.path))
                    breaches << text(include);
            }
            QDirIterator it(top.filePath(QString::fromLatin1(layer)), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                            QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                if (!file.open(QIODevice::ReadOnly))
                    continue;
                const QByteArray head = file.read(4000);
                const QString name = top.relativeFilePath(file.fileName());
                if (!head.startsWith("// SPDX-License-Identifier: GPL-3.0-or-later\n"))
                    breaches << name + QStringLiteral(" does not begin with its licence");
                if (name.endsWith(QLatin1String(".h")) && !head.contains("#pragma once"))
                    breaches << name + QStringLiteral(" has no #pragma once");
            }
        }
        report(breaches);
    }
};

QTEST_GUILESS_MAIN(TestIncludes)
#include "tst_includes.moc"
