// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/config/configmodels.h"
#include "models/config/configwish.h"
#include "widgets/common/ui.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace zandb {

class TablePane;

/// A change of configuration on one or many instances: what is wanted, the preview of each, and how it goes.  Nothing is carried out that was not previewed as it stands.
/// Window-modal; opened without a nested event loop.
class ConfigDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Question
    {
        QString profile;                 ///< in the title
        QString title;                   ///< "Take back 2 changes"
        std::vector<ConfigWish> wishes;  ///< one for each instance; with changes: they are fixed, and nothing is to be entered
        QStringList names;               ///< of variables, to complete with
        QString variable;                ///< to begin with
        QString value;
    };
    ConfigDialog(const Ui &ui, const Question &question, QWidget *parent = nullptr);
    /// The answer to the last request for a preview; `number` is the request's.
    void setPreview(int number, std::size_t at, const wire::ConfigResult &result);
    void setRefused(int number, std::size_t at, const Error &error);
    /// The person has agreed to what changeRequested() named, and it goes on.
    void setBegun();
    /// Of changeRequested(): `at` of what that named.
    void setProgress(std::size_t at, const ConfigProgress &progress);
    /// All that was begun has ended; `why`: for another reason than a failure that a row shows.
    void setFinished(const std::optional<Error> &why);

Q_SIGNALS:
    void previewRequested(int number, const std::vector<zandb::ConfigWish> &wishes);
    void changeRequested(const std::vector<zandb::ConfigWish> &wishes, const zandb::ConfigWaveWish &waves);
    void stopRequested();

public:
    /// While a change goes on, it is stopped; the dialog then stays until what was begun has ended.
    void reject() override;

private:
    /// Where one instance stands.
    struct Place
    {
        ConfigWish wish;
        std::optional<wire::ConfigResult> result; ///< of the preview, then of the change
        std::optional<Error> refused;
        ConfigProgress progress;
        bool chosen = false; ///< it takes part in the change that goes or went
    };
    void edited();
    void preview();
    void begin();
    void showState();
    void showDetail();
    QString problem() const;

    std::vector<Place> m_places;
    std::vector<std::size_t> m_chosen; ///< places by the numbers of changeRequested()
    bool m_fixed = false;
    int m_number = 0;      ///< of the last preview
    bool m_previewed = false;
    bool m_running = false;
    bool m_done = false;
    std::optional<Error> m_why;
    ConfigStepModel *m_model;
    QLineEdit *m_name;
    QLineEdit *m_value;
    QCheckBox *m_default;
    QComboBox *m_where;
    QCheckBox *m_trial;
    QComboBox *m_canary;
    QSpinBox *m_wave;
    QSpinBox *m_pause;
    QComboBox *m_stopOn;
    TablePane *m_pane;
    QPlainTextEdit *m_detail;
    QLabel *m_message;
    QCheckBox *m_leaveOut;
    QPushButton *m_preview;
    QPushButton *m_accept;
    QPushButton *m_stop;
    QPushButton *m_close;
};

} // namespace zandb
