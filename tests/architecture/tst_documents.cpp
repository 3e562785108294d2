// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/places.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

/// What the documents name is there: files they link to or write as code, and the presets their commands use.
class TestDocuments : public QObject
{
    Q_OBJECT

    const QDir m_top{QStringLiteral(ZANDB_SOURCE_DIR)};

    QString read(const QString &path) const
    {
        QFile file(m_top.filePath(path));
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    }

    bool isThere(QString path) const
    {
        while (path.endsWith(QLatin1Char('.')) || path.endsWith(QLatin1Char(',')))
            path.chop(1);
        const QFileInfo named(m_top.filePath(path));
        return path.contains(QLatin1Char('*')) ? !named.dir().entryList({named.fileName()}).isEmpty() : named.exists();
    }

    static void addDocuments()
    {
        QTest::addColumn<QString>("document");
        for (const char *name : {"README.md", "CHANGELOG.md", "packaging/HOST.md", "packaging/HEADLESS.md", "packaging/STORE.md",
                                 "agent/protocol/README.md", "tests/bench/README.md"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

private Q_SLOTS:
    void links_data() { addDocuments(); }
    void links()
    {
        QFETCH(QString, document);
        const QString text = read(document);
        QVERIFY(!text.isEmpty());
        static const QRegularExpression link(QStringLiteral("\\]\\(([^)#\\s]+)[^)]*\\)"));
        QStringList missing;
        for (auto it = link.globalMatch(text); it.hasNext();) {
            const QString target = it.next().captured(1);
            if (!target.contains(QLatin1String("://")) && !QFileInfo::exists(QFileInfo(m_top.filePath(document)).dir().filePath(target)))
                missing << target;
        }
        QCOMPARE(missing, QStringList());
    }

    void paths_data() { addDocuments(); }
    void paths()
    {
        QFETCH(QString, document);
        // a word is one of ours when it begins with a folder of the top level
        static const QRegularExpression word(
            QStringLiteral("(?<![\\w./-])(?:\\./)?((?:agent|app|models|widgets|resources|translations|packaging|tests)/[\\w./*@-]*)"));
        const QString text = read(document);
        QStringList missing;
        for (auto it = word.globalMatch(text); it.hasNext();) {
            const QString path = it.next().captured(1);
            if (!isThere(path))
                missing << path;
        }
        QCOMPARE(missing, QStringList());
    }

    /// The tree under "How the house is laid out": folders by their indentation.
    void layout()
    {
        const QString text = read(QStringLiteral("README.md")).section(QStringLiteral("## How the house is laid out"), 1).section(QStringLiteral("\n## "), 0, 0);
        static const QRegularExpression top(QStringLiteral("^    (\\w+)/"));
        static const QRegularExpression inside(QStringLiteral("(?<=  )([\\w-]+)/(?=\\s)"));
        QString folder;
        QStringList missing;
        int seen = 0;
        for (const QString &line : text.split(QLatin1Char('\n'))) {
            if (const auto match = top.match(line); match.hasMatch()) {
                folder = match.captured(1);
                ++seen;
                if (!isThere(folder))
                    missing << folder;
            } else if (line.startsWith(QLatin1String("      "))) {
                for (auto it = inside.globalMatch(line); it.hasNext(); ++seen) {
                    const QString path = folder + QLatin1Char('/') + it.next().captured(1);
                    if (!isThere(path))
                        missing << path;
                }
            }
        }
        QVERIFY(seen > 15);
        QCOMPARE(missing, QStringList());
    }

    void presets()
    {
        const QString known = read(QStringLiteral("CMakePresets.json"));
        static const QRegularExpression said(QStringLiteral("--preset (\\w+)"));
        int seen = 0;
        for (const char *document : {"README.md", "packaging/HOST.md", "packaging/HEADLESS.md"}) {
            const QString text = read(QString::fromLatin1(document));
            for (auto it = said.globalMatch(text); it.hasNext(); ++seen) {
                const QString name = it.next().captured(1);
                QVERIFY2(known.contains(QStringLiteral("\"name\": \"%1\"").arg(name)), qPrintable(name));
            }
        }
        QVERIFY(seen > 3);
    }
};

QTEST_GUILESS_MAIN(TestDocuments)
#include "tst_documents.moc"
