"""Every verb of the case with its form, and the words before and after."""

from django.utils.translation import gettext_lazy as _

from casework.actions import case, closing, correction, notes, plan, signing, support, talks, training, transfer, work
from casework.forms import case as case_forms
from casework.forms import closing as closing_forms
from casework.forms import correction as correction_forms
from casework.forms import notes as note_forms
from casework.forms import plan as plan_forms
from casework.forms import signing as signing_forms
from casework.forms import support as support_forms
from casework.forms import talks as talk_forms
from casework.forms import training as training_forms
from casework.forms import transfer as transfer_forms
from casework.forms import work as work_forms
from casework.forms.case import JustPress
from casework.views.verbs import VerbPage

PAGES = [
    # the way
    VerbPage(
        case_forms.ConfirmArrivalForm,
        case.confirm_arrival,
        _("Last days are planned from this day. The case stays where it is."),
        _("%(name)s has arrived. Last days are planned."),
    ),
    VerbPage(
        case_forms.AssignCaseworkerForm,
        case.assign_caseworker,
        _("Open tasks and booked talks go along."),
        _("The case of %(name)s is in new hands."),
    ),
    VerbPage(
        JustPress,
        case.open_intake,
        _("You meet the person. No paper and no consent is needed for it."),
        _("%(name)s is now in intake."),
    ),
    VerbPage(
        case_forms.BeginCounsellingForm,
        case.begin_counselling,
        _("The notice was read out. From here, you advise."),
        _("%(name)s is now in counselling."),
    ),
    VerbPage(
        case_forms.BackToCounsellingForm,
        case.back_to_counselling,
        _("Placements, courses and the plan stay as they are."),
        _("%(name)s is back in counselling."),
    ),
    VerbPage(
        case_forms.PutOnHoldForm,
        case.put_on_hold,
        _("Asking how it goes continues, and legal last days keep running."),
        _("The case of %(name)s waits."),
    ),
    VerbPage(
        JustPress,
        case.resume,
        _("The case goes on where it was, if what that rests on still stands; else with counselling."),
        _("The case of %(name)s goes on."),
    ),
    VerbPage(
        case_forms.SetLastDayForm,
        case.set_last_day,
        _("It is on My day from 60 days before. A day set by hand is not moved by the arrival."),
        _("The last day is set."),
    ),
    VerbPage(case_forms.AddTaskForm, case.add_task, _("It stands on My day of whoever it is for."), _("The task is noted.")),
    VerbPage(
        note_forms.WriteNoteForm,
        notes.write_note,
        _("It stands in the story of the file, for those who may read it."),
        _("The note is written."),
    ),
    VerbPage(case_forms.CompleteTaskForm, case.complete_task, _("It leaves My day."), _("The task is done.")),
    # the plan
    VerbPage(
        plan_forms.DraftPlanForm,
        plan.draft_plan,
        _("A new version. The plan in force stays until this one is agreed."),
        _("The plan for %(name)s is written. Agree it together."),
        "casework/draft_plan.html",
    ),
    VerbPage(
        JustPress,
        plan.approve_plan,
        _("You approve as the second person. The person still decides."),
        _("The plan for %(name)s is approved."),
    ),
    VerbPage(
        signing_forms.TurnDownProposalForm,
        signing.turn_down_proposal,
        _("It can be proposed again. The caseworker finds your reason on My day."),
        _("What was proposed for %(name)s is turned down."),
    ),
    VerbPage(
        plan_forms.AgreePlanForm,
        plan.agree_plan,
        _("Agreed by both, it is in force. A no ends nothing: help goes on."),
        _("What %(name)s says to the plan is written down."),
    ),
    VerbPage(plan_forms.KeepPromiseForm, plan.keep_promise, _("It is ticked, for both to see."), _("The promise is kept.")),
    # talks
    VerbPage(
        talk_forms.BookSessionForm, talks.book_session, _("Nothing is sent by itself."), _("The talk with %(name)s is booked.")
    ),
    VerbPage(
        talk_forms.CancelSessionForm,
        talks.cancel_session,
        _("Nobody is told by itself: tell the person the way they agreed to."),
        _("The talk is cancelled."),
    ),
    VerbPage(
        talk_forms.RecordSessionForm,
        talks.record_session,
        _("The length comes from the calendar; it is no timesheet."),
        _("The talk with %(name)s is written down."),
    ),
    VerbPage(
        talk_forms.RecordNoShowForm,
        talks.record_no_show,
        _("Tomorrow, try another way. Nothing closes because somebody did not come."),
        _("Noted. A task for tomorrow says what to try."),
    ),
    VerbPage(talk_forms.LogAttemptForm, talks.log_attempt, _("One tap. Reached counts as contact."), _("The attempt is noted.")),
    # skills and training
    VerbPage(
        work_forms.RecordProfileForm,
        work.record_profile,
        _("It goes along into later returns."),
        _("What %(name)s can do is written down."),
    ),
    VerbPage(
        training_forms.EnrolForm,
        training.enrol,
        _("The state of the case stays: learning goes beside it."),
        _("%(name)s is enrolled."),
    ),
    VerbPage(
        training_forms.ConfirmEnrolmentForm, training.confirm_enrolment, _("The centre has a place."), _("The place is confirmed.")
    ),
    VerbPage(JustPress, training.start_training, _("Training is now what you chiefly work on."), _("%(name)s is now in training.")),
    VerbPage(
        training_forms.RecordAttendanceForm,
        training.record_attendance,
        _("A day written twice keeps the later word."),
        _("Attendance is written down."),
    ),
    VerbPage(
        training_forms.CompleteCourseForm,
        training.complete_course,
        _("What comes next is up to you both."),
        _("%(name)s has finished the course."),
    ),
    VerbPage(
        training_forms.DropOutForm,
        training.drop_out,
        _("Help goes on: go back to counselling when you both wish."),
        _("It is written down that %(name)s left the course."),
    ),
    # work
    VerbPage(
        JustPress,
        work.begin_job_search,
        _("The search for work is now what you chiefly work on."),
        _("%(name)s is now looking for work."),
    ),
    VerbPage(
        JustPress,
        work.begin_start_up,
        _("The plan of the business comes first; no call for money need be open."),
        _("%(name)s is now starting a business."),
    ),
    VerbPage(
        work_forms.ApplyForVacancyForm,
        work.apply_for_vacancy,
        _("Nothing goes to an employer by itself."),
        _("The application of %(name)s is written down."),
    ),
    VerbPage(
        work_forms.RecordEmployerAnswerForm,
        work.record_employer_answer,
        _("A yes places nobody yet: record the placement when the work begins."),
        _("The answer is written down."),
    ),
    VerbPage(
        work_forms.RecordPlacementForm,
        work.record_placement,
        _("Two calls are planned: in week two, and after a month. Nothing goes to the employer."),
        _("%(name)s is in work."),
    ),
    VerbPage(
        work_forms.ConfirmPlacementForm, work.confirm_placement, _("A second source says so."), _("The placement is confirmed.")
    ),
    VerbPage(
        work_forms.EndPlacementForm,
        work.end_placement,
        _("A task for tomorrow asks what next. Without other work, the case goes back to looking for work."),
        _("It is written down that the work of %(name)s ended."),
    ),
    # support
    VerbPage(
        support_forms.GiveFirstAidForm,
        support.give_first_aid,
        _("No paper, consent or duplicate stands in the way: what is missing becomes tasks for tomorrow."),
        _("First aid for %(name)s is written down."),
    ),
    VerbPage(
        support_forms.AddDocumentForm,
        support.add_document,
        _("A paper that was seen, or why there is none."),
        _("The paper is noted."),
    ),
    VerbPage(
        support_forms.BookCostForm, support.book_cost, _("It pays nothing: it says what was spent."), _("The cost is booked.")
    ),
    # another office
    VerbPage(
        transfer_forms.OfferTransferForm,
        transfer.offer_transfer,
        _("Your office is responsible until the other accepts."),
        _("The case of %(name)s is offered."),
    ),
    VerbPage(
        transfer_forms.AcceptTransferForm,
        transfer.accept_transfer,
        _("From now on your office is responsible. Tasks and talks come along; booked costs stay."),
        _("The case of %(name)s is yours."),
    ),
    VerbPage(
        transfer_forms.ReturnTransferForm,
        transfer.return_transfer,
        _("The case stays where it is."),
        _("The offer is over: the case stays where it is."),
    ),
    # endings
    VerbPage(
        closing_forms.DeclineReferralForm,
        closing.decline_referral,
        _("This closes the referral. It can be reopened by a supervisor."),
        _("The referral of %(name)s is declined."),
    ),
    VerbPage(
        closing_forms.RecordNotDepartedForm,
        closing.record_not_departed,
        _("This closes the referral. It can be reopened: people leave later than planned."),
        _("It is written down that %(name)s did not depart."),
    ),
    VerbPage(
        closing_forms.CloseCaseForm,
        closing.close_case,
        _("This ends open tasks and talks. Following up goes on where it was agreed; a supervisor can reopen the case."),
        _("The case of %(name)s is closed."),
    ),
    VerbPage(
        closing_forms.ProposeClosingForm,
        closing.propose_closing,
        _("Another person signs. Until then nothing changes."),
        _("The closing is proposed: another person signs."),
    ),
    VerbPage(
        JustPress,
        closing.sign_closing,
        _("You sign as the second person. This ends open tasks and talks."),
        _("The case of %(name)s is closed."),
    ),
    VerbPage(
        closing_forms.CloseAsMergedForm,
        closing.close_as_merged,
        _("Work goes on in the other case. No row is moved."),
        _("The case is closed: it tells the same return as another."),
    ),
    VerbPage(
        closing_forms.RecordDeathForm,
        closing.record_death,
        _("Every message, task and call stops at once. A supervisor confirms it; within a day it can be undone."),
        _("The death of %(name)s is recorded. Everything stands still."),
    ),
    VerbPage(
        JustPress,
        closing.confirm_death,
        _("The case closes. Nothing is asked back from the family."),
        _("The death of %(name)s is confirmed."),
    ),
    VerbPage(
        closing_forms.UndoDeathForm,
        closing.undo_death,
        _("What it stopped goes on."),
        _("The record is taken back. What it stopped goes on."),
    ),
    VerbPage(
        closing_forms.ReopenCaseForm,
        closing.reopen_case,
        _("It begins with counselling where that had begun, else with intake."),
        _("The case of %(name)s begins again."),
    ),
    # corrections
    VerbPage(
        correction_forms.CorrectArrivalForm,
        correction.correct_arrival,
        _("Last days are planned anew, and rounds that nobody was asked in yet."),
        _("The arrival of %(name)s is corrected."),
    ),
    VerbPage(
        correction_forms.CorrectSessionForm,
        correction.correct_session,
        _("Struck out, never deleted."),
        _("The talk is corrected."),
    ),
    VerbPage(
        correction_forms.CorrectPlacementForm,
        correction.correct_placement,
        _("Struck out, never deleted. A case that was placed by it goes back to where it was."),
        _("The placement is corrected."),
    ),
    VerbPage(
        correction_forms.CorrectEnrolmentForm,
        correction.correct_enrolment,
        _("Struck out, never deleted."),
        _("The enrolment is corrected."),
    ),
    VerbPage(
        correction_forms.CorrectCostForm,
        correction.correct_cost,
        _("Struck out, never deleted. The right amount is a new line."),
        _("The cost is corrected."),
    ),
]
