using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Windows;
using static Ebb.Core.Tests.Schedules.Texts;

namespace Ebb.Core.Tests.Schedules;

/// <summary>Manifests that are wrong: every fault at once, each with path, expected and found.</summary>
public class SpecSpecs
{
    private const string SizedKinds =
        "ScheduledPodAutoscaler, Deployment, StatefulSet, HorizontalPodAutoscaler, ScaledObject, CronJob, Cluster, "
        + "Kustomization, HelmRelease, Application, or with apiVersion another one that has a scale subresource or that a "
        + "SleepMethod names";
    private const string Target = "'scaleTargetRef':{'kind':'Deployment','name':'web'}";

    private static Parsed<ScheduleSpec> Schedule(string spec) =>
        ScheduleSpec.Read("x", Json(spec), (_, _) => CalendarReading.None);

    [Theory]
    [InlineData($"{{{Target},'type':'Daily','startTime':'08:00','endTime':'17:00','minReplicas':2}}")]
    [InlineData($"{{{Target},'type':'Daily','startTime':'8:00','endTime':'7:59'}}")]
    [InlineData(
        $"{{{Target},'type':'Weekly','startTime':'22:00','endTime':'06:00','startDayOfWeek':'Saturday',"
            + "'endDayOfWeek':'Monday','minReplicas':0,'maxReplicas':0}"
    )]
    [InlineData(
        $"{{{Target},'type':'OneShot','startTime':'2020-09-01T10:00','endTime':'2020-09-10T19:00',"
            + "'timeZone':'Asia/Tokyo','suspend':true}"
    )]
    [InlineData(
        $"{{{Target},'type':'Daily','startTime':'08:00','endTime':'17:00','startDayOfWeek':'',"
            + "'excludeDates':['2026-12-25','2026-12-24/2027-01-06']}"
    )]
    [InlineData($"{{{Target},'type':'Daily','startTime':'00:00','endTime':'24:00'}}")]
    [InlineData(
        $"{{{Target},'type':'Weekly','startTime':'03:00','endTime':'03:00','startDayOfWeek':'Sat','endDayOfWeek':'Sun'}}"
    )]
    [InlineData(
        $"{{{Target},'type':'Weekly','startTime':'18:00','endTime':'07:00','startDayOfWeek':'Friday',"
            + "'endDayOfWeek':'Mon','continuous':true}"
    )]
    [InlineData(
        $"{{{Target},'type':'Monthly','startTime':'18:00','endTime':'24:00',"
            + "'daysOfMonth':[1,'15','last','-3','25/last','last weekday','first Monday','2nd tue','Last Friday','last day']}"
    )]
    public void Right(string spec) => Assert.Empty(Schedule(spec).Faults);

    [Theory]
    [InlineData(
        $"{{{Target},'type':'Daily','startTime':'25:00','endTime':'24:01'}}",
        "spec.startTime: expected a time of day such as 08:30, found \"25:00\"",
        "spec.endTime: expected a time of day such as 08:30, or 24:00, found \"24:01\""
    )]
    [InlineData(
        $"{{{Target},'type':'Daily','endTime':'17:00'}}",
        "spec.startTime: expected a time of day such as 08:30, found nothing"
    )]
    [InlineData(
        $"{{{Target},'type':'Daily','startTime':'08:00','endTime':'8:00'}}",
        "spec.endTime: expected another time than startTime (00:00 to 24:00 is a whole day), found \"8:00\""
    )]
    [InlineData(
        $"{{{Target},'type':'Daily','startTime':'24:00','endTime':'08:00','continuous':true}}",
        "spec.startTime: expected a time of day such as 08:30, found \"24:00\"",
        "spec.continuous: expected type Weekly with it, found \"Daily\""
    )]
    [InlineData(
        $"{{{Target},'type':'Weekly','startTime':'08:00','endTime':'08:00','startDayOfWeek':'Mon',"
            + "'endDayOfWeek':'Mon','continuous':true,'daysOfMonth':['last']}",
        "spec.endTime: expected another time than startTime (00:00 to 24:00 is a whole day), found \"08:00\"",
        "spec.daysOfMonth: expected type Monthly with it, found \"Weekly\""
    )]
    [InlineData(
        $"{{{Target},'type':'Monthly','startTime':'08:00','endTime':'08:00','daysOfMonth':[32,'sixth Monday','20/10']}}",
        "spec.daysOfMonth[0]: expected a day of the month such as 15, last, -3 (the third last), 25/last, last weekday, "
            + "first Monday, found \"32\"",
        "spec.daysOfMonth[1]: expected a day of the month such as 15, last, -3 (the third last), 25/last, last weekday, "
            + "first Monday, found \"sixth Monday\"",
        "spec.daysOfMonth[2]: expected a day of the month such as 15, last, -3 (the third last), 25/last, last weekday, "
            + "first Monday, found \"20/10\""
    )]
    [InlineData(
        $"{{{Target},'type':'Monthly','startTime':'08:00','endTime':'09:00'}}",
        "spec.daysOfMonth: expected a list, each a day of the month such as 15, last, -3 (the third last), 25/last, "
            + "last weekday, first Monday, found nothing"
    )]
    [InlineData(
        $"{{{Target},'type':'Daily','startTime':1150,'endTime':'13:00'}}",
        "spec.startTime: expected a time of day such as 08:30, found 1150"
    )]
    [InlineData(
        $"{{{Target},'type':'Weekly','startTime':'08:00','endTime':'09:00','startDayOfWeek':'mon'}}",
        "spec.startDayOfWeek: expected a day of the week from Sunday to Saturday, whole or its first three letters, "
            + "found \"mon\"",
        "spec.endDayOfWeek: expected a day of the week from Sunday to Saturday, whole or its first three letters, "
            + "found nothing"
    )]
    [InlineData(
        $"{{{Target},'type':'OneShot','startTime':'2026-02-30T10:00','endTime':'2026-02-01T09:00'}}",
        "spec.startTime: expected a date and time such as 2026-09-01T10:00, found \"2026-02-30T10:00\""
    )]
    [InlineData(
        $"{{{Target},'type':'OneShot','startTime':'2026-02-01T10:00','endTime':'2026-02-01T09:00'}}",
        "spec.endTime: expected a time after startTime, found \"2026-02-01T09:00\""
    )]
    [InlineData(
        $"{{{Target},'type':'Hourly','startTime':'08:00','endTime':'09:00','timeZone':'Mars/Olympus'}}",
        "spec.timeZone: expected an IANA time zone such as Europe/Berlin, found \"Mars/Olympus\"",
        "spec.type: expected Weekly, Daily, Monthly or OneShot, found \"Hourly\""
    )]
    [InlineData(
        $"{{{Target},'type':'Daily','startTime':'08:00','endTime':'09:00','minReplicas':5,'maxReplicas':4}}",
        "spec.minReplicas: expected at most maxReplicas (4), found 5"
    )]
    [InlineData(
        $"{{{Target},'type':'Daily','startTime':'08:00','endTime':'09:00','minReplicas':'5','maxReplicas':-1}}",
        "spec.minReplicas: expected a whole number from 0 to 1000000, found \"5\"",
        "spec.maxReplicas: expected a whole number from 0 to 1000000, found -1"
    )]
    [InlineData(
        $"{{{Target},'type':'Daily','startTime':'08:00','endTime':'09:00','excludeDates':['2026-02-30',"
            + "'2026-05-02/2026-05-01']}",
        "spec.excludeDates[0]: expected a date such as 2026-12-25, or two with a slash between them, the first not "
            + "later, found \"2026-02-30\"",
        "spec.excludeDates[1]: expected a date such as 2026-12-25, or two with a slash between them, the first not "
            + "later, found \"2026-05-02/2026-05-01\""
    )]
    [InlineData(
        "{'scaleTargetRef':{'kind':'Deployment','name':'web','exclude':{'names':['web']}},'type':'Daily',"
            + "'startTime':'08:00','endTime':'09:00'}",
        "spec.scaleTargetRef.exclude: expected a selector with it, since it takes out of what that selects, found none"
    )]
    [InlineData(
        "{'type':'Daily','startTime':'08:00','endTime':'09:00'}",
        "spec.scaleTargetRef: expected an object, found nothing",
        $"spec.scaleTargetRef.kind: expected {SizedKinds}, found nothing",
        "spec.scaleTargetRef.name: expected the name of what is scaled, or a selector, found nothing"
    )]
    [InlineData(
        "{'scaleTargetRef':{'kind':'DaemonSet','name':'x'},'type':'Daily','startTime':'08:00','endTime':'09:00'}",
        $"spec.scaleTargetRef.kind: expected {SizedKinds}, found \"DaemonSet\""
    )]
    [InlineData(
        "{'scaleTargetRef':{'apiVersion':'v1alpha1','kind':'Rollout','name':'x'},'type':'Daily',"
            + "'startTime':'08:00','endTime':'09:00'}",
        "spec.scaleTargetRef.apiVersion: expected a group and version such as argoproj.io/v1alpha1, found \"v1alpha1\""
    )]
    [InlineData(
        "{'scaleTargetRef':{'apiVersion':'batch/v1','kind':'Deployment','name':'x'},'type':'Daily',"
            + "'startTime':'08:00','endTime':'09:00'}",
        "spec.scaleTargetRef.apiVersion: expected apps/v1, found \"batch/v1\""
    )]
    public void Wrong(string spec, params string[] faults)
    {
        var parsed = Schedule(spec);
        Assert.Null(parsed.Value);
        Assert.Equal(faults, parsed.Faults.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData(
        "{}",
        "spec.hpa: expected an object, found nothing",
        "spec.hpa.minReplicas: expected a whole number from 0 to 1000000, found nothing",
        "spec.hpa.maxReplicas: expected a whole number from 1 to 1000000, found nothing"
    )]
    [InlineData(
        "{'hpa':{'minReplicas':5,'maxReplicas':4}}",
        "spec.hpa.minReplicas: expected at most maxReplicas (4), found 5"
    )]
    [InlineData(
        "{'hpa':{'minReplicas':2,'maxReplicas':4},'timeRangeSpec':[{'kind':'Cron','from':'16:00'}]}",
        "spec.timeRangeSpec[0].kind: expected ZonedTime or ZonedDateTime, found \"Cron\""
    )]
    [InlineData(
        "{'hpa':{'minReplicas':2,'maxReplicas':4},'timeRangeSpec':[{'kind':'ZonedTime','from':'16:00','to':'25:00Z',"
            + "'replicaSpec':{'hpa':{'minReplicas':9}}}]}",
        "spec.timeRangeSpec[0].from: expected a time of day with its offset from UTC such as 08:00+05:30, found "
            + "\"16:00\"",
        "spec.timeRangeSpec[0].to: expected a time of day with its offset from UTC such as 08:00+05:30 or 24:00+05:30, "
            + "found \"25:00Z\"",
        "spec.timeRangeSpec[0].replicaSpec.hpa.minReplicas: expected at most maxReplicas (4), found 9"
    )]
    [InlineData(
        "{'hpa':{'minReplicas':2,'maxReplicas':4},'timeRangeSpec':[{'kind':'ZonedTime','from':'16:00Z',"
            + "'to':'21:30+05:30'}]}",
        "spec.timeRangeSpec[0].to: expected another time than from (00:00 to 24:00 is a whole day), found \"21:30+05:30\""
    )]
    [InlineData(
        "{'hpa':{'minReplicas':2,'maxReplicas':4},'timeRangeSpec':[{'kind':'ZonedDateTime',"
            + "'from':'2026-01-11T08:00:00+05:30','to':'2026-01-11T02:00:00Z'}]}",
        "spec.timeRangeSpec[0].to: expected a time after from, found \"2026-01-11T02:00:00Z\""
    )]
    public void Wrong_ServiceScalers(string spec, params string[] faults) =>
        Assert.Equal(faults, ServiceScalerSpec.Read(Json(spec)).Faults.Select(f => f.ToString()));

    [Fact]
    public void A_range_over_midnight_matches_after_midnight_at_its_own_offset()
    {
        var spec = ServiceScalerSpec
            .Read(
                Json(
                    "{'hpa':{'minReplicas':4,'maxReplicas':8},'timeRangeSpec':[{'kind':'ZonedTime',"
                        + "'from':'22:00+05:30','to':'00:30Z','replicaSpec':{'hpa':{'maxReplicas':9}}}]}"
                )
            )
            .Value!;
        Assert.Equal(9, spec.Timetable.At(Utc("2026-01-15T16:30")).Bounds.Max);
        Assert.Equal(9, spec.Timetable.At(Utc("2026-01-15T23:00")).Bounds.Max);
        Assert.Equal(8, spec.Timetable.At(Utc("2026-01-16T00:30")).Bounds.Max);
        // A range without minReplicas falls back to the usual minReplicas.
        Assert.Equal(4, spec.Timetable.At(Utc("2026-01-15T17:00")).Bounds.Min);
    }

    [Fact]
    public void A_ConfigMap_has_the_originals_defaults_and_all_its_faults_at_once()
    {
        var parsed = TimeScalerSpec.Read("x", "shop", new Dictionary<string, string> { ["HPA_NAME"] = "web" });
        Assert.Equal(2, parsed.Value!.Timetable.At(Utc("2026-01-15T05:00")).Bounds.Min);
        Assert.Equal(1, parsed.Value.Timetable.At(Utc("2026-01-15T18:00")).Bounds.Min);
        Assert.Equal(
            [
                "data.HPA_NAME: expected the name of a HorizontalPodAutoscaler, found nothing",
                "data.NAMESPACE: expected the ConfigMap's own namespace, shop, or nothing, found \"kube-system\"",
                "data.SCALE_UP_TIME: expected a time of day such as 08:30, found \"25:00\"",
                "data.TIMEZONE: expected an IANA time zone such as Europe/Berlin, found \"Berlin\"",
                "data.SCALE_UP_REPLICAS: expected a whole number from 1 to 1000000, found \"many\"",
                "data.DAYS: expected days such as Mon-Fri or Sat,Sun, found \"weekdays\"",
            ],
            TimeScalerSpec
                .Read(
                    "x",
                    "shop",
                    new Dictionary<string, string>
                    {
                        ["NAMESPACE"] = "kube-system",
                        ["SCALE_UP_TIME"] = "25:00",
                        ["TIMEZONE"] = "Berlin",
                        ["SCALE_UP_REPLICAS"] = "many",
                        ["DAYS"] = "weekdays",
                    }
                )
                .Faults.Select(f => f.ToString())
        );
    }

    [Theory]
    [InlineData("00:00+05:30", "24:00+05:30", 24 * 60)]
    [InlineData("16:00Z", "24:00+05:30", 150)]
    [InlineData("18:30Z", "24:00+05:30", 24 * 60)]
    [InlineData("22:00+05:30", "24:00Z", 7 * 60 + 30)]
    public void A_range_may_end_at_24_00_of_its_own_offset(string from, string to, int minutes)
    {
        var spec = ServiceScalerSpec
            .Read(
                Json(
                    "{'hpa':{'minReplicas':4,'maxReplicas':8},'timeRangeSpec':[{'kind':'ZonedTime',"
                        + $"'from':'{from}','to':'{to}','replicaSpec':{{'hpa':{{'maxReplicas':9}}}}}}]}}"
                )
            )
            .Value!;
        var inForce = Enumerable
            .Range(0, 1440)
            .Count(i => spec.Timetable.At(Utc("2026-01-15T00:00") + Duration.FromMinutes(i)).Cause != "spec.hpa");
        // A step on the way to the range is told with another cause; none is within a whole day.
        Assert.InRange(inForce, minutes, Math.Min(1440, minutes + 30));
    }

    [Theory]
    [InlineData("00:00", "24:00", null, 7)]
    [InlineData("03:00", "03:00", "Sat,Sun", 2)]
    [InlineData("00:00", "24:00", "Sat,Sun", 2)]
    public void A_ConfigMap_can_mean_whole_days(string up, string down, string? days, int count)
    {
        var data = new Dictionary<string, string>
        {
            ["HPA_NAME"] = "web",
            ["SCALE_UP_TIME"] = up,
            ["SCALE_DOWN_TIME"] = down,
        };
        if (days is not null)
            data["DAYS"] = days;
        var timetable = TimeScalerSpec.Read("x", "shop", data).Value!.Timetable;
        Assert.Equal(
            count * 24,
            Enumerable
                .Range(0, 7 * 24)
                .Count(hour => timetable.At(Utc("2026-01-12T12:30") + Duration.FromHours(hour)).Bounds.Min == 2)
        );
    }

    [Fact]
    public void A_ConfigMap_without_days_whose_times_are_the_same_is_refused() =>
        Assert.Equal(
            [
                "data.SCALE_DOWN_TIME: expected another time than SCALE_UP_TIME (00:00 to 24:00 is a whole day), found \"03:00\"",
            ],
            TimeScalerSpec
                .Read(
                    "x",
                    "shop",
                    new Dictionary<string, string>
                    {
                        ["HPA_NAME"] = "web",
                        ["SCALE_UP_TIME"] = "03:00",
                        ["SCALE_DOWN_TIME"] = "03:00",
                    }
                )
                .Faults.Select(f => f.ToString())
        );
}
