using System.Text.Json;
using Ebb.Core.Gates;
using Ebb.Core.Hooks;
using NodaTime;

namespace Ebb.Core.Tests.Hooks;

/// <summary>Manifests of hooks and gates are read whole, with every fault.</summary>
public class HookReaderSpecs
{
    [Theory]
    [InlineData("{}", "spec.hook.type: expected job, http or nut, found nothing")]
    [InlineData("[]", "spec.hook: expected an object, found something else")]
    [InlineData("{'type':'job'}", "spec.hook.cronJob: expected the name of a CronJob, found nothing")]
    [InlineData("{'type':'job','cronJob':'A B'}", "spec.hook.cronJob: expected the name of a CronJob, found \"A B\"")]
    [InlineData("{'type':'job','cronJob':'a','deadline':'2h'}", "spec.hook.deadline: expected a time from 1s to 1h")]
    [InlineData("{'type':'job','cronJob':'a','retries':11}", "spec.hook.retries: expected a whole number from 0 to 10")]
    [InlineData("{'type':'job','cronJob':'a','on':['sideways']}", "spec.hook.on[0]: expected down or up")]
    [InlineData("{'type':'job','cronJob':'a','on':[]}", "spec.hook.on: expected down, up, or both, found neither")]
    [InlineData("{'type':'job','cronJob':'a','required':'yes'}", "spec.hook.required: expected true or false")]
    [InlineData("{'type':'http'}", "spec.hook.http: expected an object, found nothing")]
    [InlineData("{'type':'http','http':{'url':'file:///etc'}}", "spec.hook.http.url: expected an address that begins")]
    [InlineData("{'type':'http','http':{'url':'http://u:p@a/'}}", "without user and password, found something else")]
    [InlineData("{'type':'http','http':{'url':'http://169.254.169.254/'}}", "another address than that of a cloud's")]
    [InlineData("{'type':'http','http':{'url':'http://a/','method':'get'}}", "spec.hook.http.method: expected DELETE,")]
    [InlineData("{'type':'http','http':{'url':'http://a/','header':{'name':'X'}}}", "spec.hook.http.header.value")]
    [InlineData("{'type':'http','http':{'url':'http://a/','header':{'name':'X:'}}}", "letters, digits, - and _")]
    [InlineData("{'type':'http','http':{'url':'http://a/','poll':{}}}", "spec.hook.http.poll.url: expected an address")]
    [InlineData("{'type':'nut','nut':{'ups':'nut://a/u','command':'a b','secret':'s'}}", "spec.hook.nut.command")]
    [InlineData(
        "{'type':'nut','nut':{'ups':'http://a/u','command':'FSD','secret':'s'}}",
        "spec.hook.nut.ups: expected"
    )]
    [InlineData("{'type':'nut','nut':{'ups':'nut://a/u','command':'FSD'}}", "spec.hook.nut.secret: expected")]
    public void What_is_wrong_is_told_with_where_what_was_expected_and_what_was_found(string hook, string told)
    {
        var read = HookReader.Read(Json(hook));
        Assert.Null(read.Value);
        Assert.Contains(told, string.Join("; ", read.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var hook = HookReader.Read(Json("{'type':'job','cronJob':'flags','deadline':'90s','on':['up']}")).Value!;
        Assert.Equal(
            new HookSpec(HookKind.Job)
            {
                CronJob = "flags",
                Deadline = Duration.FromSeconds(90),
                Down = false,
            },
            hook
        );
    }

    [Theory]
    [InlineData("metadata.google.internal", true)]
    [InlineData("METADATA.google.internal.", true)]
    [InlineData("169.254.0.1", true)]
    [InlineData("169.255.0.1", false)]
    [InlineData("nas.home", false)]
    public void Addresses_of_metadata_are_known(string host, bool refused) =>
        Assert.Equal(refused, MetadataAddress.Is(host));

    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("fd00:ec2::253", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("::1", false)]
    public void So_are_those_that_a_name_leads_to(string address, bool refused) =>
        Assert.Equal(refused, MetadataAddress.Is(System.Net.IPAddress.Parse(address).GetAddressBytes()));

    [Theory]
    [InlineData("{}", "spec.gates: expected a list")]
    [InlineData("[{}]", "spec.gates[0].volumesDetached: expected one of volumesDetached, nodesReady")]
    [InlineData("[{'nodesReady':true,'nodesAtLeast':1}]", "found nodesReady and nodesAtLeast")]
    [InlineData("[{'nodesReady':false}]", "spec.gates[0].nodesReady: expected true")]
    [InlineData("[{'nodesAtLeast':0}]", "spec.gates[0].nodesAtLeast: expected a whole number from 1")]
    [InlineData("[{'endpointsReady':'A'}]", "spec.gates[0].endpointsReady: expected the name of a Service")]
    [InlineData("[{'nodesReady':true,'on':'left'}]", "spec.gates[0].on: expected down or up")]
    [InlineData("[{'nodesReady':true,'deadline':'0s'}]", "spec.gates[0].deadline: expected a time")]
    [InlineData("[{'condition':{}}]", "spec.gates[0].condition.apiVersion: expected group/version")]
    public void Gates_likewise(string gates, string told) =>
        Assert.Contains(told, string.Join("; ", GateSpec.Read(Json(gates), "shop").Faults), StringComparison.Ordinal);

    [Fact]
    public void A_gate_has_the_way_that_it_is_for_and_two_minutes()
    {
        var gates = GateSpec
            .Read(Json("[{'volumesDetached':true},{'endpointsReady':'a'},{'endpointsReady':'b','on':'down'}]"), "shop")
            .Value!;
        Assert.Equal([true, false, true], gates.Select(gate => gate.Down));
        Assert.All(gates, gate => Assert.Equal(Duration.FromMinutes(2), gate.Deadline));
    }

    // As clients that read YAML 1.1 send an "on" that is not quoted.
    [Fact]
    public void A_way_under_the_name_of_a_truth_is_the_way()
    {
        Assert.True(GateSpec.Read(Json("[{'nodesReady':true,'true':'down'}]"), "shop").Value![0].Down);
        var hook = HookReader.Read(Json("{'type':'job','cronJob':'a','true':['down']}")).Value!;
        Assert.Equal((true, false), (hook.Down, hook.Up));
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text.Replace('\'', '"')).RootElement.Clone();
}
