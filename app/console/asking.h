// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/platform/settings.h"
#include "models/backups/backup.h"
#include "models/workflow/runtext.h"
#include "widgets/backups/backupdialog.h"
#include "widgets/common/ui.h"

#include <QObject>

#include <functional>
#include <optional>
#include <vector>

namespace zandb::console {

/// The questions before an act: what it is done to, where, and how much that is.  On production the name is typed for what
/// ends work, and before much work begins.  The person's consent is given on as a signal.  GUI thread.
class Asking final : public QObject
{
    Q_OBJECT
public:
    /// What a window knows of a run; nothing when it shows it nowhere.
    using FindRun = std::function<std::optional<RunRow>(const Uuid &)>;
    /// `window` is the dialogs' parent; all outlive it.
    Asking(const Settings &settings, const Ui &ui, const ConsoleState &state, QWidget *window, FindRun findRun, QObject *parent = nullptr);

    /// Always asks: for method and repository, too.
    void backUp(const std::vector<Uuid> &instances);
    /// Asks on production, and wherever it is more than one run or backup.
    void retry(const std::vector<Uuid> &runs);
    void verify(const std::vector<Backup> &backups);
    /// Always ask.  On production a name must be typed, and what nobody can name is not done.
    void cancel(const std::vector<Uuid> &runs);
    void giveUp(const std::vector<Uuid> &runs);

    /// Where an act is of so many instances or so many bytes of their data, production wants the name typed.
    static constexpr std::size_t manyInstances = 5;
    static constexpr std::int64_t manyBytes = 1LL << 40;

Q_SIGNALS:
    void backupAgreed(const zandb::BackupWish &wish);
    void retryAgreed(const std::vector<zandb::Uuid> &runs);
    void verifyAgreed(const std::vector<zandb::Backup> &backups);
    void cancelAgreed(const std::vector<zandb::Uuid> &runs);
    void giveUpAgreed(const std::vector<zandb::Uuid> &runs);

private:
    struct Extent
    {
        QStringList names;
        int hosts = 0;
        std::int64_t bytes = 0;
        int sizeUnknown = 0;
        bool allNamed = true;
    };
    Extent extentOf(const std::vector<Uuid> &runs) const;
    QString whereText(const Extent &extent) const;
    QString typed(const Extent &extent, bool always) const;
    /// Completes `question` for what ends work, and asks it.
    void askToEnd(Dialogs::Question question, const Extent &extent, std::function<void()> yes);

    const Settings &m_settings;
    Ui m_ui;
    const ConsoleState &m_state;
    QWidget *m_window;
    FindRun m_findRun;
};

} // namespace zandb::console
