// What `static/vendor/uplot.js` is; see slomix_webui/vendored.py.
export { default } from "../../node_modules/uplot/dist/uPlot";
