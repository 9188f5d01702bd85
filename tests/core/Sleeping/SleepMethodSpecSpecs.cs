using System.Text.Json;
using Ebb.Core.Time.Specs;
using Ebb.Core.Workloads.Declared;

namespace Ebb.Core.Tests.Sleeping;

public class SleepMethodSpecSpecs
{
    private const string For = "'for':{'group':'kubevirt.io','version':'v1','kind':'VirtualMachine'}";

    private static Parsed<DeclaredMethod> Read(string spec) =>
        SleepMethodSpec.Read("m", JsonElement.Parse(spec.Replace('\'', '"')));

    [Fact]
    public void What_it_says_is_read_whole()
    {
        var method = Read(
            $$$"""
            { {{{For}}},
              'sleep':{'fields':[{'path':'spec.runStrategy','value':'Halted'},{'path':'spec.running','absent':true}],
                       'annotations':[{'name':'a.b/c','value':'on'}],'labels':[{'name':'d','absent':true}]},
              'pods':{'labels':{'vm':'{name}'}},
              'asleep':{'noPods':true,'fields':[{'path':'status.printableStatus','value':'Stopped'}]},
              'awake':{'podsReady':true,'conditions':[{'type':'Ready','status':'True'}]} }
            """
        ).Value!;
        Assert.Equal(("kubevirt.io/v1", "VirtualMachine", false), (method.ApiVersion, method.Kind, method.IsScaled));
        Assert.Equal(
            [
                new("spec.runStrategy", "\"Halted\""),
                new("spec.running", null),
                new("metadata.annotations[\"a.b/c\"]", "\"on\""),
                new("metadata.labels.d", null),
            ],
            method.Sleep
        );
        Assert.Equal("web", method.Pods!.Of("web")["vm"]);
        Assert.True(method.Asleep.Pods && method.Awake.Pods);
        Assert.Equal([new("status.printableStatus", "\"Stopped\"")], method.Asleep.Fields);
        Assert.Equal([new("Ready", "True")], method.Awake.Conditions);
    }

    [Theory]
    [InlineData("'sleep':{'scale':true}", null)]
    [InlineData("'sleep':{}", "spec.sleep: expected scale: true, or at least one of fields, annotations and labels")]
    [InlineData("'x':1", "spec.sleep: expected an object, found nothing")]
    [InlineData(
        "'sleep':{'fields':[{'path':'status.a','value':1}]}",
        "spec.sleep.fields[0].path: expected a path such as spec.a.b"
    )]
    [InlineData("'sleep':{'fields':[{'path':'spec','value':1}]}", "spec.sleep.fields[0].path: expected")]
    [InlineData(
        "'sleep':{'fields':[{'path':'spec.a'}]}",
        "spec.sleep.fields[0].value: expected a text, a number, true or false, or absent: true, found nothing"
    )]
    [InlineData("'sleep':{'fields':[{'path':'spec.a','value':{}}]}", "spec.sleep.fields[0].value: expected a text")]
    [InlineData(
        "'sleep':{'fields':[{'path':'spec.a','value':1,'absent':true}]}",
        "spec.sleep.fields[0].value: expected nothing beside absent: true, found Number"
    )]
    [InlineData("'sleep':{'fields':['spec.a']}", "spec.sleep.fields[0].path: expected")]
    [InlineData(
        "'sleep':{'annotations':[{'name':'a','value':1}]}",
        "spec.sleep.annotations[0].value: expected a text, or absent: true, found Number"
    )]
    [InlineData("'sleep':{'annotations':[{'value':'1'}]}", "spec.sleep.annotations[0].name: expected a name")]
    [InlineData(
        "'sleep':{'fields':[{'path':'spec.a','value':1},{'path':'spec.a.b','value':1}]}",
        "spec.sleep.fields: expected no field inside another one, found spec.a.b"
    )]
    [InlineData(
        "'sleep':{'fields':[{'path':'spec.a','value':1},{'path':'.spec.a','value':2}]}",
        "spec.sleep.fields: expected each field once, found spec.a 2 times"
    )]
    [InlineData(
        "'sleep':{'scale':true,'fields':[{'path':'spec.a','value':1}]}",
        "spec.sleep.scale: expected either scale or fields, annotations and labels, found both"
    )]
    [InlineData("'sleep':{'scale':true},'asleep':{}", "spec.asleep: expected nothing beside sleep.scale")]
    [InlineData(
        "'sleep':{'fields':[{'path':'spec.a','value':1}]},'asleep':{'noPods':true}",
        "spec.asleep.noPods: expected spec.pods beside it"
    )]
    [InlineData(
        "'sleep':{'fields':[{'path':'spec.a','value':1}]},'awake':{'podsReady':'yes'}",
        "spec.awake.podsReady: expected true or false, found \"yes\""
    )]
    [InlineData(
        "'sleep':{'fields':[{'path':'spec.a','value':1}]},'pods':{}",
        "spec.pods: expected labels of its pods, or where its selector is, found neither"
    )]
    [InlineData(
        "'sleep':{'fields':[{'path':'spec.a','value':1}]},'awake':{'conditions':[{'type':'Ready','status':'yes'}]}",
        "spec.awake.conditions[0].status: expected True, False or Unknown, found \"yes\""
    )]
    public void Every_fault_is_told_by_path_expected_and_found(string rest, string? fault)
    {
        var read = Read($"{{ {For}, {rest} }}");
        if (fault is null)
            Assert.Empty(read.Faults);
        else
            Assert.Contains(read.Faults, one => one.ToString().StartsWith(fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "'group':'apps','version':'v1','kind':'Deployment'",
        "Deployment sleeps as type deployment, found \"Deployment\""
    )]
    [InlineData("'group':'batch','version':'v1','kind':'cronjob'", "CronJob sleeps as type cronjob, found \"cronjob\"")]
    [InlineData("'group':'a','version':'v1','kind':'B/C'", "spec.for.kind: expected words without a slash or a space")]
    [InlineData("'group':'a'", "spec.for.version: expected a version, such as v1, found nothing")]
    public void A_kind_that_is_built_in_or_none_is_refused_by_name(string named, string fault) =>
        Assert.Contains(
            fault,
            string.Join("; ", Read($"{{'for':{{ {named} }},'sleep':{{'scale':true}} }}").Faults),
            StringComparison.Ordinal
        );

    [Fact]
    public void All_faults_are_told_at_once() =>
        Assert.Equal(4, Read("{'for':{'group':'a'},'sleep':{'fields':[{'path':'x','value':[]}]}}").Faults.Count);

    [Fact]
    public void Of_two_for_one_kind_the_older_that_is_right_counts()
    {
        SleepMethodView View(string name, double created, string sleep)
        {
            var read = SleepMethodSpec.Read(name, JsonElement.Parse($"{{ {For}, {sleep} }}".Replace('\'', '"')));
            return new(name, name, 1, At.Second(created), read, "kubevirt.io/v1/virtualmachine", null);
        }
        var book = new SleepMethodBook([
            View("newest", 3, "'sleep':{'scale':true}"),
            View("broken", 1, "'sleep':{}"),
            View("older", 2, "'sleep':{'fields':[{'path':'spec.a','value':1}]}"),
        ]);
        Assert.Equal("older", book.Of("kubevirt.io/v1", "VirtualMachine")!.Name);
        Assert.Null(book.Fault("kubevirt.io/v1", "VirtualMachine"));
        Assert.Equal(SleepMethodPhase.InForce, book.Statuses["older"].Phase);
        Assert.Equal(SleepMethodPhase.Refused, book.Statuses["broken"].Phase);
        Assert.Equal(
            new(
                SleepMethodPhase.Superseded,
                "kubevirt.io/v1/VirtualMachine sleeps as SleepMethod older says, which is older"
            ),
            book.Statuses["newest"]
        );
    }
}
