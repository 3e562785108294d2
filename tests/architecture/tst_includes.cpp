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

private Q_SLOTS:
    void layers()
    {
        QStringList breaches;
        int seen = 0;
        for (const char *layer : {"agent", "models", "widgets", "app"}) {
            for (const Include &include : includesBelow(QString::fromLatin1(layer))) {
                if (!isBelow(include.path, {"agent/", "models/", "widgets/", "app/", "tests/"}))
                    continue;
                ++seen;
                const bool wire = isBelow(include.path, {"agent/protocol/", "agent/rules/"});
                bool allowed = false;
                if (isBelow(include.file, {"agent/protocol/"}))
                    allowed = isBelow(include.path, {"agent/protocol/"});
                else if (isBelow(include.file, {"agent/rules/"}))
                    allowed = isBelow(include.path, {"agent/rules/"});
                else if (isBelow(include.file, {"agent/"}))
                    allowed = isBelow(include.path, {"agent/"});
                else if (isBelow(include.file, {"models/"}))
                    allowed = wire || isBelow(include.path, {"models/"});
                else if (isBelow(include.file, {"widgets/"}))
                    allowed = wire || isBelow(include.path, {"models/", "widgets/"});
                else if (isBelow(include.file, {"app/console/"}))
                    allowed = wire || isBelow(include.path, {"models/", "widgets/", "app/"});
                else if (isBelow(include.file, {"app/headless/", "app/cli/"}))
                    allowed = wire
                        || (isBelow(include.path, {"models/", "app/"}) && !isBelow(include.path, {"app/console/"}));
                else
                    allowed = wire
                        || (isBelow(include.path, {"models/", "app/"})
                            && !isBelow(include.path, {"app/console/", "app/cli/", "app/headless/"}));
                if (!allowed)
                    breaches << text(include);
            }
        }
        QVERIFY2(seen > 50, "the walk found hardly any include: is the source folder right?");
        report(breaches);
    }

    /// Between nouns of one layer only towards fleet, schedule and workflow, and among these workflow -> schedule -> fleet.
    void nouns()
    {
        static const QStringList features{
            QStringLiteral("fleet"),   QStringLiteral("backups"), QStringLiteral("schedule"), QStringLiteral("workflow"),
            QStringLiteral("slowlog"), QStringLiteral("binlogs"), QStringLiteral("batchsql"), QStringLiteral("config"),
            QStringLiteral("checks"),  QStringLiteral("sharding"), QStringLiteral("alerts"),  QStringLiteral("audit"),
            QStringLiteral("reports"), QStringLiteral("settings")};
        static const QStringList order{QStringLiteral("fleet"), QStringLiteral("schedule"), QStringLiteral("workflow")};
        QStringList breaches;
        for (const char *layer : {"agent", "models", "widgets", "app"}) {
            for (const Include &include : includesBelow(QString::fromLatin1(layer))) {
                if (!include.path.startsWith(QString::fromLatin1(layer) + QLatin1Char('/')))
                    continue;
                const QString from = noun(include.file, 1), to = noun(include.path, 1);
                if (from == to || !features.contains(from) || !features.contains(to))
                    continue;
                const auto target = order.indexOf(to), source = order.indexOf(from);
                if (target < 0 || (source >= 0 && target > source))
                    breaches << text(include);
            }
        }
        report(breaches);
    }

    /// Libraries with one owner: Connector/C++ in app/store, libssh in app/remote, no Qt in the agent, no GUI in the core.
    void libraries()
    {
        QStringList breaches;
        for (const char *layer : {"agent", "models", "widgets", "app"}) {
            for (const Include &include : includesBelow(QString::fromLatin1(layer))) {
                const bool connector = isBelow(include.path, {"cppconn/", "mysql_driver", "mysql_connection", "mysql_error"});
                const bool ssh = isBelow(include.path, {"libssh/"});
                static const QRegularExpression qt(QStringLiteral("^Q[A-Za-z]+(/|$)"));
                const bool isQt = qt.match(include.path).hasMatch() && !include.quoted;
                static const QRegularExpression gui(
                    QStringLiteral("^(QtGui|QtWidgets|QtCharts|QApplication|QGuiApplication|QWidget|QPainter|QColor|QPen|QBrush|QIcon|QPixmap)"));
                const bool isGui = gui.match(include.path).hasMatch();
                if (connector && !isBelow(include.file, {"app/store/"}))
                    breaches << text(include);
                if (ssh && !isBelow(include.file, {"app/remote/"}))
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
        static const QRegularExpression otherThing(QStringLiteral("BackupAccount|bring\\(|topic|\"ended_us\"|\\w+Main\\}|heldUp\\("));
        QStringList breaches;
        for (const QString &source : std::as_const(sources)) {
            // the words for people stand in one file, and a noun's own verbs of zandbctl know its kinds
            const bool isOwn = noun(source, 1) == QLatin1String("backups") || source.contains(QLatin1String("cli/backup"))
                || source == QLatin1String("app/cli/overviewverbs.cpp") // last night's backups are a chapter of it
                || source == QLatin1String("models/workflow/runtext.cpp");
            if (source.endsWith(QLatin1String("/kinds.cpp")) || isOwn)
                continue;
            const bool isEngine = isBelow(source, {"agent/workflow/", "agent/runtime/", "agent/main.cpp", "app/workflow/", "app/schedule/", "app/headless/"});
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
