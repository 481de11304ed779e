import CVector
import VectorInterface

/// Products are summed over this many k at a time: sums of sums have a smaller error than one long
/// sum, and the part of a panel of B, 8 KiB, stays in the first cache.
private let innerBlock = 128

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func multiplyPanels(
        _ a: UnsafePointer<Float>, aPanelStride: Int, _ b: UnsafePointer<Float>,
        into c: UnsafeMutablePointer<Float>, cPanelStride: Int, rows: Int, columns: Int, k: Int
    ) {
        let panels = (columns &+ 15) / 16
        let bPanelStride = 16 &* k
        var panel = 0
        while panel < panels {
            let isPair = cpanel_panels == 2 && panel &+ 2 <= panels
            var first = 0
            while first < k {
                let count = min(innerBlock, k &- first)
                let operands = PanelOperands(
                    a: a + first / 16 &* aPanelStride, aPanelStride: aPanelStride,
                    b: b + panel &* bPanelStride + 16 &* first, bPanelStride: bPanelStride,
                    c: c + panel &* cPanelStride, cPanelStride: cPanelStride, rows: rows,
                    k: count, accumulates: first > 0)
                if isPair {
                    multiply(operands, panels: 2)
                } else {
                    multiply(operands, panels: 1)
                }
                first &+= innerBlock
            }
            panel &+= isPair ? 2 : 1
        }
    }

    @inline(__always)
    private static func multiply(_ operands: PanelOperands, panels: Int32) {
        var row = 0
        while row < operands.rows {
            cpanel_product(
                operands.a + 16 &* row, operands.aPanelStride, operands.b, operands.bPanelStride,
                operands.k, operands.c + 16 &* row, operands.cPanelStride, panels,
                operands.accumulates)
            row &+= Int(cpanel_rows)
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func multiplyTransposedPanels(
        _ a: UnsafePointer<Float>, aPanelStride: Int, _ b: UnsafePointer<Float>, bPanelStride: Int,
        into c: UnsafeMutablePointer<Float>, rows: Int, columns: Int, k: Int, accumulates: Bool
    ) {
        let panels = (columns &+ 15) / 16
        let cPanelStride = (rows &+ 15) / 16 &* 256
        var panel = 0
        while panel < panels {
            let isPair = cpanel_panels == 2 && panel &+ 2 <= panels
            let operands = PanelOperands(
                a: a, aPanelStride: aPanelStride, b: b + panel &* bPanelStride,
                bPanelStride: bPanelStride, c: c + panel &* cPanelStride,
                cPanelStride: cPanelStride, rows: rows, k: k, accumulates: accumulates)
            if isPair {
                multiplyTransposed(operands, panels: 2)
            } else {
                multiplyTransposed(operands, panels: 1)
            }
            panel &+= isPair ? 2 : 1
        }
    }

    /// A panel of A at a time: 16 rows of C, in blocks that do not cross its border.
    @inline(__always)
    private static func multiplyTransposed(_ operands: PanelOperands, panels: Int32) {
        let block = Int(cpanel_outer_rows)
        let rest = 16 % block
        var first = 0
        while first < operands.rows {
            let a = operands.a + first / 16 &* operands.aPanelStride
            let c = operands.c + 16 &* first
            let count = min(16, operands.rows &- first)
            var row = 0
            while row < count {
                let isRest = row &+ block > 16
                if isRest {
                    cpanel_outer_product(
                        a + row, 16, operands.b, operands.bPanelStride, operands.k, c + 16 &* row,
                        operands.cPanelStride, Int32(truncatingIfNeeded: rest), panels,
                        operands.accumulates)
                } else {
                    cpanel_outer_product(
                        a + row, 16, operands.b, operands.bPanelStride, operands.k, c + 16 &* row,
                        operands.cPanelStride, Int32(cpanel_outer_rows), panels,
                        operands.accumulates)
                }
                row &+= block
            }
            first &+= 16
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func multiplySlidingPanels(
        _ a: UnsafePointer<Float>, _ window: SlidingWindow, _ b: UnsafePointer<Float>,
        into c: UnsafeMutablePointer<Float>, cPanelStride: Int, rows: Int, columns: Int
    ) {
        let panels = (columns &+ 15) / 16
        let bPanelStride = 16 &* window.runCount &* window.runLength
        var panel = 0
        while panel < panels {
            let isPair = cpanel_panels == 2 && panel &+ 2 <= panels
            let filters = b + panel &* bPanelStride
            var row = 0
            while row < rows {
                let source = a + row &* window.rowStride
                let target = c + panel &* cPanelStride + 16 &* row
                if isPair {
                    cpanel_sliding_product(
                        source, window.rowStride, window.runStride, window.runCount,
                        window.runLength, filters, bPanelStride, target, cPanelStride, 2)
                } else {
                    cpanel_sliding_product(
                        source, window.rowStride, window.runStride, window.runCount,
                        window.runLength, filters, bPanelStride, target, cPanelStride, 1)
                }
                row &+= Int(cpanel_rows)
            }
            panel &+= isPair ? 2 : 1
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func multiplyTransposedSlidingPanels(
        _ a: UnsafePointer<Float>, _ window: SlidingWindow, _ b: UnsafePointer<Float>,
        bPanelStride: Int, into c: UnsafeMutablePointer<Float>, columns: Int, k: Int,
        accumulates: Bool
    ) {
        let panels = (columns &+ 15) / 16
        let cPanelStride = 16 &* window.runCount &* window.runLength
        for panel in 0..<panels {
            for run in 0..<window.runCount {
                cpanel_outer_products(
                    a + run &* window.runStride, window.rowStride, b + panel &* bPanelStride,
                    bPanelStride, k,
                    c + panel &* cPanelStride + 16 &* run &* window.runLength, cPanelStride,
                    window.runLength, 1, accumulates)
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func packPanels(
        _ matrix: UnsafePointer<Float>, rows: Int, columns: Int,
        into panels: UnsafeMutablePointer<Float>, panelStride: Int
    ) {
        for row in 0..<rows {
            let source = matrix + row &* columns
            var target = panels + 16 &* row
            forEachVector(of: columns) { start, lanes in
                store(load(source + start, lanes), target, lanes)
                target += panelStride
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func unpackPanels(
        _ panels: UnsafePointer<Float>, panelStride: Int, bias: UnsafePointer<Float>?,
        into y: UnsafeMutablePointer<Float>, rowStride: Int, rows: Int, columns: Int,
        accumulates: Bool
    ) {
        for row in 0..<rows {
            var values = panels + 16 &* row
            let target = y + row &* rowStride
            forEachVector(of: columns) { start, lanes in
                var value = load(values, lanes)
                if let bias { value += load(bias + start, lanes) }
                if accumulates { value += load(target + start, lanes) }
                store(value, target + start, lanes)
                values += panelStride
            }
        }
    }
}

private struct PanelOperands {
    let a: UnsafePointer<Float>
    let aPanelStride: Int
    let b: UnsafePointer<Float>
    let bPanelStride: Int
    let c: UnsafeMutablePointer<Float>
    let cPanelStride: Int
    let rows: Int
    let k: Int
    let accumulates: Bool
}
