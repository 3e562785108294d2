// SPDX-License-Identifier: GPL-3.0-or-later
// Charts over time as a person uses them.
#include "tests/places.h"
#include "widgets/common/theme.h"
#include "widgets/common/timechart.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <memory>

using namespace zandb;
using namespace std::chrono_literals;

class TestChart : public QObject
{
    Q_OBJECT

    static constexpr TimePoint begin{1'780'056'000s}; // 2026-05-29 12:00 UTC
    static constexpr TimePoint end = begin + 6h;

    static ChartData data(std::size_t lines = 2)
    {
        ChartData result{begin, end, {}};
        for (std::size_t line = 0; line < lines; ++line) {
            Spreads values(360);
            for (std::size_t at = 0; at < values.size(); ++at) {
                if (at < 120 || at >= 180) // two hours, an hour of which nothing is known, and three more
                    values[at] = Spread{10.0 * static_cast<double>(line) + 5, 10.0 * static_cast<double>(line) + 10, 10.0 * static_cast<double>(line) + 12};
            }
            result.lines.push_back({QStringLiteral("line%1").arg(line), QStringLiteral("Line %1").arg(line), std::move(values)});
        }
        return result;
    }
    ChartPlot *plot() { return m_chart->plot(); }
    int xOf(TimePoint at)
    {
        const QRect area = plot()->plotRect();
        return area.left() + static_cast<int>(static_cast<double>((at - begin).count()) / static_cast<double>((end - begin).count()) * area.width());
    }
    QPoint pointOf(TimePoint at) { return {xOf(at), plot()->plotRect().center().y()}; }
    /// What the pointer does over a chart, wherever the pointer was before.
    void hover(const QPoint &at)
    {
        QMouseEvent move(QEvent::MouseMove, at, plot()->mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(plot(), &move);
    }
    QString readout() { return m_chart->findChild<QLabel *>(QStringLiteral("chart-readout"))->text(); }
    /// How many pixels of a column of the plot have a line's colour.
    int coloured(int x, const QColor &colour)
    {
        const QImage image = plot()->grab().toImage();
        const QRect area = plot()->plotRect();
        int count = 0;
        for (int y = area.top(); y <= area.bottom(); ++y) {
            const QColor seen = image.pixelColor(x, y);
            count += std::abs(seen.red() - colour.red()) + std::abs(seen.green() - colour.green()) + std::abs(seen.blue() - colour.blue()) < 60;
        }
        return count;
    }
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<TimeChart> m_chart;

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        m_theme = std::make_unique<Theme>(*qApp);
        m_theme->apply(Theme::Choice::Light);
    }
    void init()
    {
        m_chart = std::make_unique<TimeChart>(QStringLiteral("chart"));
        m_chart->setTitle(QStringLiteral("Connections"));
        m_chart->setData(data());
        m_chart->resize(700, 240);
        m_chart->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_chart.get()));
    }
    void cleanup() { m_chart.reset(); }

    void aGapStaysAGap_data()
    {
        QTest::addColumn<int>("form");
        QTest::newRow("lines") << static_cast<int>(ChartShape::Form::Lines);
        QTest::newRow("areas") << static_cast<int>(ChartShape::Form::Areas);
        QTest::newRow("bars") << static_cast<int>(ChartShape::Form::Bars);
    }
    void aGapStaysAGap()
    {
        QFETCH(int, form);
        m_chart->setShape({static_cast<ChartShape::Form>(form), ChartUnit::Count, true});
        const QImage image = plot()->grab().toImage();
        const auto marks = [&](TimePoint at) { // what is neither ground nor grid over a stretch as wide as a bar with its gap
            int count = 0;
            for (int x = xOf(at); x < xOf(at) + 8; ++x) {
                for (int y = plot()->plotRect().top(); y < plot()->plotRect().bottom(); ++y)
                    count += image.pixelColor(x, y).hsvSaturation() > 60;
            }
            return count;
        };
        QVERIFY(marks(begin + 1h) > 0);
        QCOMPARE(marks(begin + 150min), 0);
        QVERIFY(marks(begin + 5h) > 0);
    }
    void theLegendSwitchesLines()
    {
        const QColor second = plot()->colourOf(1);
        QVERIFY(coloured(xOf(begin + 1h), second) > 0);
        auto *entry = m_chart->findChild<QToolButton *>(QStringLiteral("legend-line1"));
        QVERIFY(entry && entry->isVisible());
        QCOMPARE(entry->text(), QStringLiteral("Line 1"));
        QTest::mouseClick(entry, Qt::LeftButton);
        QCOMPARE(coloured(xOf(begin + 1h), second), 0);
        QVERIFY(!m_chart->dataText().contains(QStringLiteral("line1")));
        m_chart->setData(data()); // newer values of the same lines
        QCOMPARE(coloured(xOf(begin + 1h), second), 0);
        QTest::mouseClick(entry, Qt::LeftButton);
        QVERIFY(coloured(xOf(begin + 1h), second) > 0);
    }
    void aHundredLinesHaveAShortLegend()
    {
        m_chart->setData(data(100));
        QCOMPARE(m_chart->findChildren<QToolButton *>(QRegularExpression(QStringLiteral("^legend-"))).size(), 12);
        auto *others = m_chart->findChild<QToolButton *>(QStringLiteral("legend-others"));
        QVERIFY(others);
        others->click();
        QCOMPARE(m_chart->dataText().section(QLatin1Char('\n'), 0, 0).count(QLatin1Char('\t')), 11);
    }
    void theCrosshairSaysAllValues()
    {
        hover(pointOf(begin + 1h));
        QVERIFY2(readout().contains(QStringLiteral("10")) && readout().contains(QStringLiteral("20")), qPrintable(readout()));
        QVERIFY(plot()->accessibleDescription().contains(QStringLiteral("Line 1 20")));
        hover(pointOf(begin + 150min));
        QVERIFY(readout().contains(QStringLiteral("–")));
        m_chart->findChild<QToolButton *>(QStringLiteral("legend-line1"))->click();
        hover(pointOf(begin + 1h));
        QVERIFY(!plot()->accessibleDescription().contains(QStringLiteral("Line 1")));
    }
    void dragZoomsAndDoubleClickGoesBack()
    {
        QSignalSpy wanted(plot(), &ChartPlot::rangeRequested);
        QSignalSpy back(plot(), &ChartPlot::rangeBackRequested);
        const auto drag = [&](const QPoint &from, const QPoint &to) {
            QTest::mousePress(plot(), Qt::LeftButton, {}, from);
            QTest::mouseMove(plot(), (from + to) / 2);
            QTest::mouseRelease(plot(), Qt::LeftButton, {}, to);
        };
        drag(pointOf(begin + 1h), pointOf(begin + 3h));
        QCOMPARE(wanted.count(), 1);
        const auto [from, until] = wanted[0][0].value<TimeRange>().at(end);
        QVERIFY(std::chrono::abs(from - (begin + 1h)) < 2min && std::chrono::abs(until - (begin + 3h)) < 2min);
        drag(pointOf(begin + 3h), pointOf(begin + 1h)); // backwards is the same
        QCOMPARE(wanted.count(), 2);
        QVERIFY(wanted[1][0].value<TimeRange>() == wanted[0][0].value<TimeRange>());
        drag(pointOf(begin + 1h), pointOf(begin + 1h) + QPoint(3, 0)); // a tremble
        QCOMPARE(wanted.count(), 2);
        QTest::mouseDClick(plot(), Qt::LeftButton, {}, pointOf(begin + 1h));
        QCOMPARE(back.count(), 1);
        QCOMPARE(wanted.count(), 2);
    }
    void everythingWithoutAMouse()
    {
        QSignalSpy wanted(plot(), &ChartPlot::rangeRequested);
        QSignalSpy back(plot(), &ChartPlot::rangeBackRequested);
        plot()->setFocus();
        QTest::keyClick(plot(), Qt::Key_Left);
        QVERIFY(plot()->cross() && end - *plot()->cross() < 2min);
        QTest::keyClick(plot(), Qt::Key_Left, Qt::ShiftModifier);
        QVERIFY(end - *plot()->cross() > 9min);
        QTest::keyClick(plot(), Qt::Key_Home);
        QVERIFY(*plot()->cross() - begin < 2min);
        QTest::keyClick(plot(), Qt::Key_Plus);
        QCOMPARE(wanted.count(), 1);
        QVERIFY(wanted[0][0].value<TimeRange>().from == begin);
        QTest::keyClick(plot(), Qt::Key_Minus);
        QCOMPARE(back.count(), 1);
    }
    void aGroupSharesRangeAndCrosshair()
    {
        TimeChart other(QStringLiteral("other"));
        other.setData(data(1));
        other.resize(400, 200);
        ChartGroup group;
        group.add(m_chart.get());
        group.add(&other);
        QSignalSpy wanted(&group, &ChartGroup::rangeRequested);
        hover(pointOf(begin + 1h));
        QVERIFY(plot()->cross() && other.plot()->cross() == plot()->cross());
        QVERIFY(other.findChild<QLabel *>(QStringLiteral("other-readout"))->text().contains(QStringLiteral("10")));
        group.setRange(begin + 1h, begin + 2h);
        QVERIFY(coloured(plot()->plotRect().center().x(), plot()->colourOf(0)) > 0); // the second hour fills the chart
        QTest::keyClick(other.plot(), Qt::Key_Plus);
        QCOMPARE(wanted.count(), 1);
        group.setRange(begin + 2h, begin + 3h);
        QCOMPARE(coloured(plot()->plotRect().center().x(), plot()->colourOf(0)), 0); // nothing is known of the third
    }
    void copies()
    {
        auto *copy = m_chart->findChild<QToolButton *>(QStringLiteral("chartCopy"));
        copy->menu()->actions()[1]->trigger();
        const QString text = QGuiApplication::clipboard()->text();
        QCOMPARE(text.section(QLatin1Char('\n'), 0, 1), QStringLiteral("at\tline0\tline1\n2026-05-29T12:00:00Z\t10\t20"));
        QCOMPARE(text.count(QLatin1Char('\n')), 360);
        copy->menu()->actions()[0]->trigger();
        const QImage picture = QGuiApplication::clipboard()->image();
        QCOMPARE(picture.size(), m_chart->size() * m_chart->devicePixelRatioF());
        QVERIFY(copy->isVisible());
    }
    /// Colours are those of the theme: a line is seen on the ground it is drawn on.
    void linesAreSeenInBothThemes()
    {
        for (const auto choice : {Theme::Choice::Light, Theme::Choice::Dark}) {
            m_theme->apply(choice);
            for (std::size_t line = 0; line < 8; ++line)
                QVERIFY2(contrast(plot()->colourOf(line), plot()->palette().color(QPalette::Base)) >= 2.9, qPrintable(plot()->colourOf(line).name()));
            QVERIFY(coloured(xOf(begin + 1h), plot()->colourOf(0)) > 0);
            m_chart->grab().save(QStringLiteral(ZANDB_BINARY_DIR "/screenshots/pages/chart-%1.png").arg(choice == Theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light")));
        }
        m_theme->apply(Theme::Choice::Light);
    }
};

QTEST_MAIN(TestChart)
#include "tst_chart.moc"
