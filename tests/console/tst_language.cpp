// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/language.h"
#include "models/common/errortext.h"
#include "tests/places.h"

#include <QApplication>
#include <QDialogButtonBox>
#include <QFile>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>

#include <memory>

using namespace zandb::console;

/// What Qt says itself - its buttons, the menus of its text fields - is in the console's language too.
class TestLanguage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void qtSpeaksTheLanguage_data()
    {
        QTest::addColumn<QString>("language");
        QTest::addColumn<QString>("cancel");
        QTest::addColumn<QString>("copy");
        QTest::newRow("Chinese") << QStringLiteral("zh_CN") << QStringLiteral("取消") << QStringLiteral("复制");
        QTest::newRow("English again") << QStringLiteral("en") << QStringLiteral("Cancel") << QStringLiteral("Copy");
        QTest::newRow("and back") << QStringLiteral("zh_CN") << QStringLiteral("取消") << QStringLiteral("复制");
    }
    void qtSpeaksTheLanguage()
    {
        QFETCH(QString, language);
        QFETCH(QString, cancel);
        QFETCH(QString, copy);
        m_language.set(language);
        const QDialogButtonBox box(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
        QCOMPARE(box.button(QDialogButtonBox::Cancel)->text().remove(QLatin1Char('&')), cancel);
        QLineEdit edit;
        const std::unique_ptr<QMenu> menu(edit.createStandardContextMenu());
        QStringList words;
        for (const QAction *action : menu->actions())
            words << action->text().remove(QLatin1Char('&'));
        const QString all = words.join(QLatin1Char(' '));
        QVERIFY2(all.contains(copy), qPrintable(all));
    }

    /// Whatever an agent or the store may answer is said in words, in both languages, with its details in them.
    void everyErrorHasWords_data()
    {
        QTest::addColumn<QString>("language");
        QTest::newRow("English") << QStringLiteral("en");
        QTest::newRow("Chinese") << QStringLiteral("zh_CN");
    }
    void everyErrorHasWords()
    {
        QFETCH(QString, language);
        m_language.set(language);
        static const QRegularExpression line(QStringLiteral("ErrorCode \\w+\\{\"([^\"]+)\""));
        static const QRegularExpression field(QStringLiteral("\\{(\\w+)\\}"));
        static const QRegularExpression han(QStringLiteral("\\p{Han}"));
        int walked = 0;
        for (const char *name : {"/agent/protocol/errors.h", "/app/platform/errors.h", "/models/schedule/schedule.h"}) {
            QFile file(QStringLiteral(ZANDB_SOURCE_DIR) + QLatin1String(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            for (auto it = line.globalMatch(QString::fromUtf8(file.readAll())); it.hasNext(); ++walked) {
                zandb::Error error{it.next().captured(1).toStdString(), zandb::ErrorClass::Permanent, {}, nullptr};
                QStringList values;
                for (auto asked = field.globalMatch(zandb::errorPattern(error.code)); asked.hasNext();) {
                    const std::string key = asked.next().captured(1).toStdString();
                    error.fields[key] = "value-of-" + key;
                    values << QString::fromStdString(error.fields[key]);
                }
                const QString text = zandb::errorText(error);
                const QByteArray what = error.code.c_str() + QByteArray(": ") + text.toUtf8();
                QVERIFY2(!text.contains(QString::fromStdString(error.code) + QLatin1Char('{')) && !text.contains(field), what.constData());
                QCOMPARE(text.contains(han), language != QLatin1String("en"));
                for (const QString &value : values)
                    QVERIFY2(text.contains(value), what.constData());
            }
        }
        QVERIFY(walked > 80);
        // what a newer agent may say is not a riddle either
        const QString strange = zandb::errorText({"new.code", zandb::ErrorClass::Unknown, {{"a", "b"}}, nullptr});
        QVERIFY2(strange.contains(QStringLiteral("new.code{a=b}")), qPrintable(strange));
        QVERIFY(!zandb::errorAdvice({"new.code", zandb::ErrorClass::Unknown, {}, nullptr}).isEmpty());
    }

private:
    Language m_language;
};

QTEST_MAIN(TestLanguage)
#include "tst_language.moc"
